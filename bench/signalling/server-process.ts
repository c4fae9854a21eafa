import { memory } from "../lib/memory.js";
import { answer } from "../lib/worker.js";
import { SERVERS, type ServerName } from "../servers/index.js";

const { start } = await SERVERS[process.argv[2] as ServerName]();
const port = await start();

/** Microseconds of processor time since the process began, in user code and in the kernel. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const handlers = { port: () => port, cpu, memory };
export type Server = typeof handlers;
answer(handlers);
