// Draws the last hour as an SVG that fills its box, whatever its size.

const WIDTH = 300;
const HEIGHT = 84;
const HOUR = 3_600_000;

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/**
 * @typedef {object} Series
 * @property {"curve" | "bars"} kind
 * @property {number} stepMs how long each value holds
 * @property {readonly { at: number, value: number }[]} values oldest first
 * @property {string} label for who does not see it
 */

/**
 * @param {Series} series
 * @returns {SVGElement}
 */
export function chart({ kind, stepMs, values, label }) {
  const drawing = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": label,
  });
  const end = (values.at(-1)?.at ?? 0) + stepMs;
  const x = (/** @type {number} */ at) => Math.max(0, (1 - (end - at) / HOUR) * WIDTH);
  const top = Math.max(1, ...values.map(({ value }) => value));
  const y = (/** @type {number} */ value) => HEIGHT - (value / top) * (HEIGHT - 4);
  drawing.append(svg("line", { class: "base", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }));

  if (kind === "bars") {
    for (const { at, value } of values) {
      if (value === 0) continue;
      const width = Math.max(1, x(at + stepMs) - x(at) - 1);
      const height = HEIGHT - y(value);
      drawing.append(svg("rect", { class: "bar", x: x(at), y: y(value), width, height }));
    }
    return drawing;
  }
  // Each value holds for its whole step.
  const corners = values.flatMap(({ at, value }) =>
    [x(at), x(at + stepMs)].map((across) => `${across.toFixed(1)},${y(value).toFixed(1)}`),
  );
  const from = x(values[0]?.at ?? end);
  drawing.append(
    svg("polygon", {
      class: "area",
      points: [`${from},${HEIGHT}`, ...corners, `${WIDTH},${HEIGHT}`].join(" "),
    }),
    svg("polyline", { class: "curve", points: corners.join(" ") }),
  );
  return drawing;
}
