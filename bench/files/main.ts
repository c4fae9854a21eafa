import { randomFillSync } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "../lib/listen.js";
import { options } from "../lib/options.js";
import { quantile } from "../lib/stats.js";
import { figure, middle, middleHalf, range, ratio, table } from "../lib/table.js";
import { SERVERS } from "../servers/index.js";
import { launch } from "../setup/browser.js";
import { pages } from "../setup/page-server.js";
import { CONTENDERS, type ContenderName } from "./contenders.js";
import type { Heap } from "./heap.js";
import { type Run, run } from "./run.js";

const NAMES = Object.keys(CONTENDERS) as ContenderName[];
const MIB = 1_048_576;

const chosen = options({
  /** Files of each contender that count. */
  runs: 5,
  /** How long a file is. */
  mebibytes: 128,
  /** The round-trip time that is added between the pages for the second table, in milliseconds; 0: no such table. */
  delay: 20,
  contenders: NAMES,
});
const names = NAMES.filter((name) => chosen.contenders.includes(name));

const folder = await mkdtemp(join(tmpdir(), "cignal-bench-"));
const file = { path: join(folder, "file.bin"), size: chosen.mebibytes * MIB };

/** Bytes that are the same nowhere. */
async function write() {
  const handle = await open(file.path, "w");
  for (let i = 0; i < chosen.mebibytes; i++) await handle.write(randomFillSync(Buffer.alloc(MIB)));
  await handle.close();
}

/** Files of each contender, taking turns; a first round warms up and is thrown away. */
async function measure(delay: number) {
  const results = new Map(names.map((name) => [name, [] as Run[]]));
  for (let round = 0; round <= chosen.runs; round++) {
    for (const [name, list] of results) {
      const port = ports.get(CONTENDERS[name].server);
      if (port === undefined) throw new Error(`no server for ${name}`);
      const result = await run({ browser, url: `${site}/${name}`, port, file, delay });
      if (round > 0) list.push(result);
      loads.push(loadavg()[0] ?? 0);
      console.error(`round ${round}, ${name}: ${figure(result.mebibytesPerSecond, 1)} MiB/s`);
    }
  }
  return results;
}

/** What was held at most, and in brackets with garbage. */
function most(heaps: Heap[]): string {
  const of = (what: keyof Heap) => figure(Math.max(...heaps.map((heap) => heap[what])) / MIB);
  return `${of("held")} (${of("withGarbage")})`;
}

function report(title: string, results: Map<ContenderName, Run[]>) {
  const speeds = (list: Run[]) => list.map(({ mebibytesPerSecond }) => mebibytesPerSecond);
  const base = speeds(results.get("raw") ?? []);
  const rows = [...results].map(([name, list]) => {
    const own = speeds(list);
    const lines = list.flatMap(({ latencies }) => latencies);
    return [
      CONTENDERS[name].title,
      middle(own, 1),
      middleHalf(own, 1),
      range(own, 1),
      ratio(own, base),
      middle(
        list.map(({ cpu }) => cpu),
        1,
      ),
      ...[0, 1].map((side) => most(list.flatMap(({ heaps }) => heaps[side] ?? []))),
      lines.length === 0 ? "–" : `${middle(lines)} (${figure(quantile(lines, 0.95))})`,
    ];
  });
  const head = ["MiB/s", "median", "p25–p75", "min–max", "to raw"];
  const more = ["CPU, ms/MiB", "sender's heap, MiB", "receiver's", "a line, ms (p95)"];
  console.log(`\n${title}\n\n${table([...head, ...more], rows)}`);
}

const ports = new Map<string, number>();
for (const name of new Set(names.map((contender) => CONTENDERS[contender].server))) {
  const { start } = await SERVERS[name]();
  ports.set(name, await start());
}
const answer = await pages(names, undefined, "../files/contenders");
const site = `http://127.0.0.1:${await listen(createServer(answer))}`;
const loads: number[] = [];
const browser = await launch();
try {
  await write();
  const what = `${chosen.runs} files of ${chosen.mebibytes} MiB each`;
  report(`${what}, on loopback`, await measure(0));
  if (chosen.delay > 0) {
    report(`${what}, ${chosen.delay} ms of round-trip time added`, await measure(chosen.delay));
  }
  console.log(`\nload: ${middle(loads, 1)} (${range(loads, 1)})`);
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
// The servers are still listening.
process.exit();
