// Asks the server every five seconds, with the token, and shows what it says.
import { find, showRooms, showStats } from "./view.js";

const EVERY_MS = 5_000;
const KEY = "cignal-operator-token";

const form = /** @type {HTMLFormElement} */ (find("sign-in"));
const input = /** @type {HTMLInputElement} */ (find("token"));

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
/** Counts the times that somebody has signed in or out: an answer from before is of no use. */
let turn = 0;

class NoToken extends Error {}

/** @param {string} path */
async function ask(path) {
  const token = sessionStorage.getItem(KEY);
  const response = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (response.status === 401) throw new NoToken();
  if (!response.ok) throw new Error(`${response.status}`);
  return response.json();
}

/** @param {string} problem */
function signOut(problem) {
  turn++;
  clearTimeout(waiting);
  sessionStorage.removeItem(KEY);
  find("board").hidden = true;
  find("forget").hidden = true;
  find("state").textContent = "";
  find("problem").textContent = problem;
  form.hidden = false;
  input.value = "";
  input.focus();
}

async function refresh() {
  const mine = turn;
  try {
    const [stats, rooms] = await Promise.all([ask("stats"), ask("rooms?limit=50")]);
    if (mine !== turn) return;
    showStats(stats);
    showRooms(rooms);
    form.hidden = true;
    find("board").hidden = false;
    find("forget").hidden = false;
  } catch (error) {
    if (mine !== turn) return;
    if (error instanceof NoToken) return signOut("The server does not take this token.");
    const state = find("state");
    state.dataset.state = "unknown";
    state.textContent = "The server does not answer; what is shown is old.";
  }
  waiting = setTimeout(refresh, EVERY_MS);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  turn++;
  sessionStorage.setItem(KEY, input.value.trim());
  find("problem").textContent = "";
  void refresh();
});
find("forget").addEventListener("click", () => signOut(""));

if (sessionStorage.getItem(KEY) === null) signOut("");
else void refresh();
