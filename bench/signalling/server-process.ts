import { setTimeout } from "node:timers/promises";
import { answer } from "../lib/worker.js";
import { SERVERS, type ServerName } from "../servers/index.js";

const { start } = await SERVERS[process.argv[2] as ServerName]();
const port = await start();

/** Microseconds of processor time since the process began, in user code and in the kernel. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Bytes in use, after what is no longer used was collected. */
async function memory() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await setTimeout(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

const handlers = { port: () => port, cpu, memory };
export type Server = typeof handlers;
answer(handlers);
