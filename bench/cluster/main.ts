import { affordable } from "../lib/affordable.js";
import { buildProcesses } from "../lib/build-processes.js";
import { options } from "../lib/options.js";
import { median } from "../lib/stats.js";
import { figure, middle, middleHalf, range, ratio, table } from "../lib/table.js";
import { CONTENDERS, type ContenderName } from "./contenders.js";
import { type Sample, Stand } from "./stand.js";

const NAMES = Object.keys(CONTENDERS) as ContenderName[];

const { rounds, joins, calls, beats, few, many, profile, contenders } = options({
  rounds: 5,
  /** Joins of each node and calls of each contender in each round, for each number of rooms. */
  joins: 2_000,
  calls: 400,
  beats: 4_000,
  /** Standing rooms, of one idle peer each. */
  few: 200,
  many: 20_000,
  /** 1 writes a processor profile of each server into dist/. */
  profile: 0,
  contenders: NAMES,
});

const amounts = { joins, calls, beats };

interface Contender {
  readonly name: ContenderName;
  readonly few: Stand;
  readonly many: Stand;
  readonly withFew: Sample[];
  readonly withMany: Sample[];
}

const manyRooms = affordable(many);
const chosen = NAMES.filter((name) => contenders.includes(name));
const files = await buildProcesses(new URL(".", import.meta.url));
const nodeOptions = profile ? ["--cpu-prof", "--cpu-prof-dir=dist"] : [];
const stands: Stand[] = [];

async function open(name: ContenderName, rooms: number): Promise<Stand> {
  const stand = await Stand.open(files, name, rooms, stands.length, nodeOptions);
  stands.push(stand);
  console.error(`${name} with ${rooms} rooms is ready`);
  return stand;
}

const of = (samples: readonly Sample[], what: keyof Sample) =>
  samples.map((sample) => sample[what]);

function cpuTable(results: readonly Contender[], what: "join" | "call"): string {
  const samples = (name: ContenderName) => {
    const found = results.find((result) => result.name === name);
    return found ? of(found.withFew, what) : [];
  };
  const redis = what === "join" ? "redisJoin" : "redisCall";
  const rows = results.map(({ name, withFew, withMany }) => [
    CONTENDERS[name].title,
    ...[middle(of(withFew, what)), middleHalf(of(withFew, what)), range(of(withFew, what))],
    ...[
      ratio(of(withFew, what), samples("socket-io")),
      ratio(of(withFew, what), samples("peerjs")),
    ],
    ...[middle(of(withMany, what)), ratio(of(withMany, what), of(withFew, what))],
    ...redisCells(CONTENDERS[name].needsRedis, of(withFew, redis), of(withMany, redis)),
  ]);
  const head = [
    ...[`CPU per ${what}, µs`, `${few} rooms`, "p25–p75", "min–max", "to Socket.IO", "to peerjs"],
    ...[`${manyRooms} rooms`, `to ${few}`, "Redis", `Redis: ${manyRooms} to ${few}`],
  ];
  return table(head, rows);
}

const redisCells = (isUsed: boolean, few: readonly number[], many: readonly number[]) =>
  isUsed ? [middle(few), ratio(many, few)] : ["–", "–"];

function rateTable(results: readonly Contender[]): string {
  const rows = results.map(({ name, withFew }) => {
    const { title, nodes, beats } = CONTENDERS[name];
    const perCore = 1_000_000 / median(of(withFew, "join"));
    return [
      title,
      ...[middle(of(withFew, "joinsPerSecond")), range(of(withFew, "joinsPerSecond"))],
      ...[figure(perCore), figure(perCore * nodes)],
      beats ? middle(of(withFew, "beat")) : "–",
    ];
  });
  const head = [
    "joins a second",
    "seen here",
    "min–max",
    "a core allows",
    "all nodes' cores",
    "CPU per beat, µs",
  ];
  return table(head, rows);
}

try {
  const results: Contender[] = [];
  for (const name of chosen) {
    const pair = { few: await open(name, few), many: await open(name, manyRooms) };
    results.push({ name, ...pair, withFew: [], withMany: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { few, many, withFew, withMany } of results) {
      withFew.push(await few.sample(amounts));
      withMany.push(await many.sample(amounts));
    }
    console.error(`round ${round} of ${rounds}`);
  }
  console.log(`\n${rounds} rounds of ${joins} joins and leaves\n\n${cpuTable(results, "join")}`);
  console.log(`\n${rounds} rounds of ${calls} calls\n\n${cpuTable(results, "call")}`);
  console.log(`\n${rateTable(results)}`);
} finally {
  await Promise.all(stands.map((stand) => stand.close()));
}
