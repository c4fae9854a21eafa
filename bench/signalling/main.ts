import { affordable } from "../lib/affordable.js";
import { buildProcesses } from "../lib/build-processes.js";
import { options } from "../lib/options.js";
import { middle, middleHalf, range, ratio, table } from "../lib/table.js";
import type { ServerName } from "../servers/index.js";
import { type Sample, Stand } from "./stand.js";

const TITLES: Record<ServerName, string> = {
  ws: "bare ws relay",
  "socket-io": "bare Socket.IO relay",
  peerjs: "peerjs-server 1.0.2",
  cignal: "cignal-server",
};
const NAMES = Object.keys(TITLES) as ServerName[];

const { rounds, calm, busy, few, many, profile, contenders } = options({
  rounds: 5,
  /** Calls of each contender in each round, for each number of rooms: one after the other, and many at a time. */
  calm: 120,
  busy: 500,
  /** Standing rooms, of one idle peer each. */
  few: 200,
  many: 20_000,
  /** 1 writes a processor profile of each server into dist/. */
  profile: 0,
  contenders: NAMES,
});

/** One server, once with few and once with many rooms. */
interface Contender {
  name: ServerName;
  few: Stand;
  many: Stand;
  withFew: Sample[];
  withMany: Sample[];
}

const manyRooms = affordable(many);
const nodeOptions = ["--expose-gc"];
if (profile) nodeOptions.push("--cpu-prof", "--cpu-prof-dir=dist");
const chosen = NAMES.filter((name) => contenders.includes(name));
const stands: Stand[] = [];

async function open(name: ServerName, rooms: number): Promise<Stand> {
  const stand = await Stand.open(files, name, rooms, stands.length, nodeOptions);
  stands.push(stand);
  console.error(`${name} with ${rooms} rooms is ready`);
  return stand;
}

const of = (samples: Sample[], what: keyof Sample) => samples.map((sample) => sample[what]);

function cpuTable(results: Contender[], pace: "calm" | "busy"): string {
  const peerjs = results.find(({ name }) => name === "peerjs")?.withFew ?? [];
  const rows = results.map(({ name, withFew, withMany }) => {
    const [few, many] = [of(withFew, pace), of(withMany, pace)];
    return [
      TITLES[name],
      ...[middle(few), middleHalf(few), range(few), ratio(few, of(peerjs, pace))],
      ...[middle(many), middleHalf(many), range(many), ratio(many, few)],
    ];
  });
  const spread = ["p25–p75", "min–max"];
  const head = [
    ...["server CPU per call, µs", `${few} rooms`, ...spread, "to peerjs-server"],
    ...[`${manyRooms} rooms`, ...spread, `to ${few} rooms`],
  ];
  return table(head, rows);
}

function memoryTable(results: Contender[]): string {
  const bare = results.find(({ name }) => name === "socket-io")?.withMany ?? [];
  const rows = results.map(({ name, withMany }) => {
    const [heap, rss] = [of(withMany, "heap"), of(withMany, "rss")];
    return [
      TITLES[name],
      ...[middle(heap, 1), range(heap, 1), ratio(heap, of(bare, "heap"))],
      ...[middle(rss, 1), range(rss, 1), ratio(rss, of(bare, "rss"))],
    ];
  });
  const columns = ["min–max", "to bare Socket.IO"];
  return table(["memory per peer, kB", "heap", ...columns, "RSS", ...columns], rows);
}

const files = await buildProcesses(new URL(".", import.meta.url));
try {
  const results: Contender[] = [];
  for (const name of chosen) {
    const pair = { few: await open(name, few), many: await open(name, manyRooms) };
    results.push({ name, ...pair, withFew: [], withMany: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const contender of results) {
      contender.withFew.push(await contender.few.sample({ calm, busy }));
      contender.withMany.push(await contender.many.sample({ calm, busy }));
    }
    console.error(`round ${round} of ${rounds}`);
  }
  console.log(`\n${rounds} rounds of ${calm} calls, one by one\n\n${cpuTable(results, "calm")}`);
  console.log(`\n${rounds} rounds of ${busy} calls, 16 at a time\n\n${cpuTable(results, "busy")}`);
  console.log(`\n${manyRooms} idle peers\n\n${memoryTable(results)}`);
} finally {
  await Promise.all(stands.map((stand) => stand.close()));
}
