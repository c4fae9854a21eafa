import { createServer } from "node:http";
import { listen } from "../lib/listen.js";
import { options } from "../lib/options.js";
import { figure, middle, range, table } from "../lib/table.js";
import { SERVERS } from "../servers/index.js";
import { bundle, HTML, htmlWith, SCRIPT } from "../setup/page-server.js";
import { CONTENDERS, type ContenderName, NAMES } from "./contenders.js";
import { type Run, run } from "./run.js";

const { runs, seconds, sizes } = options({
  /** Of each contender at each size. */
  runs: 5,
  /** How long each is looked at. */
  seconds: 15,
  /** How many people are in the room. */
  sizes: ["2", "3", "4", "6"],
});

async function servePages(): Promise<number> {
  const scripts = new Map<string | undefined, string>();
  for (const name of NAMES)
    scripts.set(`/${name}.js`, await bundle(`../mesh/contenders/${name}.ts`));
  const server = createServer(({ url }, response) => {
    const script = scripts.get(url);
    if (script !== undefined) response.writeHead(200, SCRIPT).end(script);
    else response.writeHead(200, HTML).end(htmlWith(`${url}.js`));
  });
  return listen(server);
}

/** One of each in each round, so that a ratio is of two that ran one right after the other. */
async function measure(size: number, pages: number, ports: Map<ContenderName, number>) {
  const rounds: Record<ContenderName, Run>[] = [];
  for (let round = 1; round <= runs; round++) {
    const results: Partial<Record<ContenderName, Run>> = {};
    // They take turns in being the second one, too.
    for (const name of round % 2 === 1 ? NAMES : NAMES.toReversed()) {
      const result = await run(name, size, seconds, { pages, port: ports.get(name) ?? 0 });
      results[name] = result;
      const { cpu, frames, size: large } = result;
      console.error(
        `${size} people, round ${round}, ${name}: ${figure(cpu, 1)} %, ${figure(frames, 1)} frames a second, ${figure(large)} % of full size`,
      );
    }
    rounds.push(results as Record<ContenderName, Run>);
  }
  return rounds;
}

function rowOf(name: ContenderName, size: number, rounds: Record<ContenderName, Run>[]) {
  const cpu = rounds.map((round) => round[name].cpu);
  const frames = rounds.map((round) => round[name].frames);
  const toRaw = rounds.map((round) => round[name].cpu / round.raw.cpu);
  const aFrame = rounds.map(
    (round) => round[name].cpu / round[name].frames / (round.raw.cpu / round.raw.frames),
  );
  return [
    `${size} people, ${size * (size - 1)} videos: ${CONTENDERS[name].title}`,
    ...[middle(cpu), range(cpu)],
    ...[middle(toRaw, 2), range(toRaw, 2)],
    ...[middle(frames, 1), range(frames, 1)],
    middle(aFrame, 2),
    middle(rounds.map((round) => round[name].size)),
  ];
}

const ports = new Map<ContenderName, number>();
for (const name of NAMES) {
  const { start } = await SERVERS[CONTENDERS[name].server]();
  ports.set(name, await start());
}
const pages = await servePages();
const rows: string[][] = [];
for (const size of sizes.map(Number)) {
  const rounds = await measure(size, pages, ports);
  for (const name of NAMES) rows.push(rowOf(name, size, rounds));
}
const head = [
  "the whole browser",
  ...["CPU, % of a core", "min–max", "to raw", "min–max"],
  ...["frames a second", "min–max", "CPU a frame, to raw", "size, %"],
];
console.log(`\n${table(head, rows)}`);
// The servers are still listening.
process.exit();
