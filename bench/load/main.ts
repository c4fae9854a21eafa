import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { initSocketServer } from "cignal-server";
import { Server } from "socket.io";
import { listen } from "../lib/listen.js";
import { options } from "../lib/options.js";
import { figure, middle, table } from "../lib/table.js";
import { Worker } from "../lib/worker.js";
import type { RoomProcess } from "./room-process.js";

const { rooms, size, seconds } = options({ rooms: 1, size: 3, seconds: 10 });

const http = createServer();
const io = new Server(http, { serveClient: false });
const cignal = initSocketServer(io, { iceServers: [], logLevel: "error", maxPeers: size });
const url = `http://127.0.0.1:${await listen(http)}`;

const file = fileURLToPath(new URL("room-process.ts", import.meta.url));
const workers = Array.from(
  { length: rooms },
  (_, index) =>
    new Worker<RoomProcess>(`room ${index}`, file, [url, `room ${index}`], ["--import", "tsx"]),
);

const rows: string[][] = [];
for (const [index, worker] of workers.entries()) {
  const joins: number[] = [];
  for (let bot = 0; bot < size; bot++) joins.push(await worker.ask("join"));
  rows.push([`room ${index}`, middle(joins.slice(1))]);
}
for (const worker of workers) await worker.ask("measure");
await setTimeout(seconds * 1_000);
for (const [index, worker] of workers.entries()) {
  const { cpuPercent, received, expected, megabytes } = await worker.ask("measure");
  rows[index]?.push(
    figure(cpuPercent / size, 1),
    figure(received),
    figure((100 * received) / expected, 1),
    figure(megabytes / size),
  );
}
for (const worker of workers) {
  await worker.ask("leave");
  await worker.close();
}
await cignal.close();
await io.close();

const head = ["room", "joined after, ms", "CPU each, %", "packets/s", "arrived, %", "MB each"];
console.log(`${rooms} rooms of ${size}, each a process; for ${seconds} s:\n`);
console.log(table(head, rows));
