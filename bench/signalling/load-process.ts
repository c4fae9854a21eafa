import { repeat } from "../lib/repeat.js";
import { answer } from "../lib/worker.js";
import type { ServerName } from "../servers/index.js";
import { call } from "./call.js";
import type { Driver } from "./driver.js";
import { cignal } from "./drivers/cignal.js";
import { driver as peerjs } from "./drivers/peerjs.js";
import { driver as socketIo } from "./drivers/socket-io.js";
import { driver as ws } from "./drivers/ws.js";

/** How many calls are being set up at any moment when the server is busy. */
const AT_ONCE = 16;

const DRIVERS: Record<ServerName, Driver> = { ws, "socket-io": socketIo, peerjs, cignal: cignal() };

const [, , name, port, idleFrom = ""] = process.argv;
const driver = DRIVERS[name as ServerName];

/** Sets up that many calls, one after the other: each message finds the server asleep. */
const calm = (calls: number) => repeat(calls, 1, () => call(driver, [Number(port), Number(port)]));

/** Sets up that many calls, many at a time. */
const busy = (calls: number) =>
  repeat(calls, AT_ONCE, () => call(driver, [Number(port), Number(port)]));

/** That many peers join, each a room of its own, and stay. */
const idle = (count: number) =>
  repeat(count, AT_ONCE, () => {
    const [room, me, other] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    return driver.join({ port: Number(port), room, me, other, from: idleFrom }, () => undefined);
  });

const handlers = { calm, busy, idle };
export type Load = typeof handlers;
answer(handlers);
