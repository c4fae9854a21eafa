// Makes the page out of what the server has told. What people have chosen, such as names, is only ever text.
import { chart } from "./chart.js";

/** @typedef {{ at: number, rooms: number | null, peers: number, joins: number, errors: Record<string, number> }} Step */
/** @typedef {{ state: string, connections: number, peers: number, stepMs: number, steps: Step[] }} Stats */
/** @typedef {{ id: string, name: string, role?: string, connected: boolean }} Peer */
/** @typedef {{ id: string, openedAt: number, peers: Peer[] }} Room */

export const find = (/** @type {string} */ id) => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`there is no #${id}`);
  return element;
};

/**
 * @param {string} name
 * @param {string} className
 * @param {...(string | Node)} children
 */
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, each) => total + each, 0);
const refused = (/** @type {Step} */ { errors }) => sum(Object.values(errors));

/** @type {{ title: string, kind: "curve" | "bars", className: string, value: (step: Step) => number | null }[]} */
const TILES = [
  { title: "Rooms", kind: "curve", className: "", value: ({ rooms }) => rooms },
  { title: "People", kind: "curve", className: "", value: ({ peers }) => peers },
  { title: "Joins per minute", kind: "bars", className: "", value: ({ joins }) => joins },
  { title: "Refused per minute", kind: "bars", className: "warm", value: refused },
];

/** @param {Stats} stats */
export function showStats({ state, connections, stepMs, steps }) {
  const status = find("state");
  status.dataset.state = state;
  const words = `${state}, ${connections} connection${connections === 1 ? "" : "s"}`;
  // Said again only if it is something else.
  if (status.textContent !== words) status.textContent = words;
  find("tiles").replaceChildren(
    ...TILES.map(({ title, kind, className, value }) => {
      const values = steps.map((step) => ({ at: step.at, value: value(step) ?? 0 }));
      const most = Math.max(...values.map((each) => each.value));
      const now = steps.at(-1);
      const shown = now && value(now) !== null ? String(value(now)) : "–";
      const label = `${title}, the last hour: ${shown} now, ${most} at most`;
      return element(
        "article",
        `tile ${className}`,
        element("h2", "", title),
        element("p", "value", shown),
        chart({ kind, stepMs, values, label }),
        element("p", "axis", element("span", "", "1 h ago"), element("span", "", `most: ${most}`)),
      );
    }),
  );

  /** @type {Map<string, number>} */
  const codes = new Map();
  for (const { errors } of steps) {
    for (const [code, times] of Object.entries(errors)) {
      codes.set(code, (codes.get(code) ?? 0) + times);
    }
  }
  const rows = [...codes].sort(([, a], [, b]) => b - a);
  find("errors-note").textContent = rows.length > 0 ? "" : "Nothing.";
  find("errors").replaceChildren(
    ...rows.map(([code, times]) =>
      element("tr", "", element("td", "", code), element("td", "number", String(times))),
    ),
  );
}

/** @param {{ rooms: Room[], next?: string }} page */
export function showRooms({ rooms, next }) {
  const note = next === undefined ? "" : `The first ${rooms.length}, by their ids.`;
  find("rooms-note").textContent = rooms.length > 0 ? note : "Nobody is in a room.";
  find("rooms").replaceChildren(
    ...rooms.map(({ id, openedAt, peers }) =>
      element(
        "tr",
        "",
        element("td", "", id),
        element("td", "", since(openedAt)),
        element("td", "", ...peers.map(person)),
      ),
    ),
  );
}

/** @param {Peer} peer */
function person({ name, role, connected }) {
  const words = `${name}${role ? ` (${role})` : ""}${connected ? "" : ", away"}`;
  return element("div", connected ? "" : "away", words);
}

/** @param {number} time */
function since(time) {
  const minutes = Math.floor((Date.now() - time) / 60_000);
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
