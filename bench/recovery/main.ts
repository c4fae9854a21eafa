import { loadavg } from "node:os";
import { setTimeout } from "node:timers/promises";
import { whyNoLab } from "e2e/network/requirements";
import { options } from "../lib/options.js";
import { call, mark, NEVER_MS, type Pair, recovery } from "./call.js";
import { FAULT_NAMES, type FaultName, faultOf } from "./faults.js";
import { LIBRARY_NAMES, type LibraryName } from "./libraries.js";
import { type Outcomes, report } from "./report.js";
import { build, type Stand } from "./stand.js";

const chosen = options({
  /** Calls of Cignal that each fault hits. */
  runs: 20,
  /** The same of the other libraries: one that does not recover takes half a minute. */
  "peer-runs": 5,
  faults: FAULT_NAMES,
  libraries: LIBRARY_NAMES,
});

/** A call younger than this is the special case: its receivers do not know the sender's pace yet, and may wait 2 s more. */
const REST_MS = 12_000;

const ATTEMPTS = 3;
/** Long enough for a server to start after all that was given up. */
const PAUSE_MS = 10_000;

/** One fault, which hits a call of each of these libraries at the same time. */
async function round(stand: Stand, name: FaultName, libraries: LibraryName[]) {
  const fault = faultOf(name);
  const pairs = new Map<LibraryName, Pair>();
  try {
    for (const library of libraries) {
      pairs.set(library, await call(stand, library, fault.relayed ?? false));
    }
    await setTimeout(REST_MS);
    await Promise.all([...pairs.values()].map(mark));
    const down = await fault.inflict(stand.lab);
    const deadline = performance.now() + NEVER_MS;
    return await Promise.all(
      [...pairs].map(async ([library, pair]) => {
        const gap = await recovery(pair, deadline);
        return { library, gap: gap === undefined ? undefined : Math.max(0, gap - down) };
      }),
    );
  } finally {
    const contexts = stand.browsers.flatMap((browser) => browser.contexts());
    await Promise.all(contexts.map((context) => context.close()));
  }
}

/** A round that a busy machine spoils before the fault, or whose calls never began, is tried anew. */
async function patientRound(...args: Parameters<typeof round>): ReturnType<typeof round> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await round(...args);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      console.error(`Once more: ${error}`);
      await setTimeout(PAUSE_MS);
    }
  }
}

const why = whyNoLab();
if (why) throw new Error(why);
const names = FAULT_NAMES.filter((name) => chosen.faults.includes(name));
const libraries = LIBRARY_NAMES.filter((name) => chosen.libraries.includes(name));
const runsOf = (name: LibraryName) => (name === "cignal" ? chosen.runs : chosen["peer-runs"]);
const results = new Map(
  names.map((name) => [name, new Map(libraries.map((library) => [library, []])) as Outcomes]),
);
const loads: number[] = [];
const stand = await build();
try {
  for (let index = 0; index < Math.max(...libraries.map(runsOf)); index++) {
    for (const [name, outcomes] of results) {
      const now = libraries.filter((library) => index < runsOf(library));
      const gaps = await patientRound(stand, name, now);
      for (const { library, gap } of gaps) outcomes.get(library)?.push(gap);
      loads.push(loadavg()[0] ?? 0);
      const texts = gaps.map(({ library, gap }) => `${library} ${gap?.toFixed() ?? "never"}`);
      console.error(`round ${index + 1}, ${name}: ${texts.join(", ")}`);
    }
  }
} finally {
  report(results, loads);
  await stand.close();
}
