import { loadavg } from "node:os";
import { setTimeout } from "node:timers/promises";
import { options } from "../lib/options.js";
import { randomFrom } from "../lib/random.js";
import { slope } from "../lib/stats.js";
import { figure, middle, range, table } from "../lib/table.js";
import { within } from "../lib/within.js";
import { inflict } from "./faults.js";
import { Stand } from "./stand.js";

const { minutes, seed, bound } = options({
  minutes: 30,
  /** The same seed makes the same sequence of faults. */
  seed: Date.now() % 1_000_000,
  /** What a heap may grow by, in kilobytes (1,000 bytes) a minute over the second half. */
  bound: 100,
});

const MINUTE_MS = 60_000;
/** A fault itself, beside what follows from it. */
const FAULT_SECONDS = 120;
const HEAPS = ["first page", "second page", "server"] as const;

const kB = (bytes: number) => figure(bytes / 1_000);

const random = randomFrom(seed);
const faults: string[] = [];
const recoveries: number[] = [];
const samples: Awaited<ReturnType<Stand["sample"]>>[] = [];

async function sample(stand: Stand) {
  const now = await stand.sample();
  samples.push(now);
  const heaps = HEAPS.map((name, index) => `${name} ${kB(now.heaps[index] ?? 0)} kB`);
  const counts = `connections ${now.connections.join(" + ")}, sockets ${now.sockets}`;
  const load = figure(loadavg()[0] ?? 0, 1);
  console.error(
    `minute ${samples.length - 1}: ${heaps.join(", ")}, ${counts}, ${faults.length} faults, load ${load}`,
  );
}

async function soak(stand: Stand) {
  await stand.recovered();
  const began = performance.now();
  await sample(stand);
  while (samples.length <= minutes) {
    await within(
      FAULT_SECONDS,
      "the fault",
      inflict(stand, random, (what) => faults.push(what)),
    );
    recoveries.push(await stand.recovered());
    // Some come while the last one is hardly over.
    await setTimeout(3_000 * random() ** 2);
    if (performance.now() - began >= samples.length * MINUTE_MS) await sample(stand);
  }
}

/** What has grown and should not have. */
function verdict(): string[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  const slopes = HEAPS.map((_, index) => slope(half.map(({ heaps }) => heaps[index] ?? 0)));
  const rows = HEAPS.map((name, index) => {
    const heaps = samples.map((one) => one.heaps[index] ?? 0);
    const ends = [heaps[0] ?? 0, heaps.at(-1) ?? 0].map(kB);
    return [name, ...ends, kB(Math.max(...heaps)), kB(slopes[index] ?? 0)];
  });
  const counts = new Map<string, number>();
  for (const fault of faults) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  const list = [...counts].map(([fault, count]) => `${count} ${fault}`);
  console.log(`\nSeed ${seed}, ${minutes} minutes, ${faults.length} faults: ${list.join(", ")}.`);
  console.log(`In order again after ${middle(recoveries)} ms (${range(recoveries)}).\n`);
  const head = ["heap, kB", "at first", "at last", "most", "a minute, second half"];
  console.log(table(head, rows));
  return [
    ...HEAPS.filter((_, index) => (slopes[index] ?? 0) > bound * 1_000).map(
      (name) => `the heap of the ${name} grows`,
    ),
    ...(half.every(({ connections }) => connections.every((count) => count === 1))
      ? []
      : ["connections are left"]),
  ];
}

const stand = await Stand.open();
try {
  await soak(stand);
  const problems = verdict();
  console.log(`\n${problems.length === 0 ? "Flat." : `Not flat: ${problems.join(", ")}.`}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`Seed ${seed}, after ${faults.join(", ")}: ${error}`);
  process.exitCode = 1;
} finally {
  await stand.close();
}
// The page's server is still listening.
process.exit();
