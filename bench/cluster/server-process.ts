import { answer } from "../lib/worker.js";
import type { ContenderName } from "./contenders.js";
import { start } from "./servers.js";

const [, , name, redisUrl = ""] = process.argv;
const port = await start(name as ContenderName, redisUrl);

/** Microseconds of processor time since the process began, in user code and in the kernel. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const handlers = { port: () => port, cpu };
export type Server = typeof handlers;
answer(handlers);
