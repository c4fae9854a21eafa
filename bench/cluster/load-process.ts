import { SignJWT } from "jose";
import { repeat } from "../lib/repeat.js";
import { answer } from "../lib/worker.js";
import { call } from "../signalling/call.js";
import type { Driver } from "../signalling/driver.js";
import { cignal } from "../signalling/drivers/cignal.js";
import { driver as peerjs } from "../signalling/drivers/peerjs.js";
import { driver as socketIo } from "../signalling/drivers/socket-io.js";
import { type ContenderName, SECRET } from "./contenders.js";

/** How many joins or calls are under way at any moment. */
const AT_ONCE = 16;

const [, , name, idleFrom = "", ...portTexts] = process.argv;
const ports = portTexts.map(Number);
const key = new TextEncoder().encode(SECRET);

const token = (room: string) =>
  new SignJWT({ room, name: "Ada" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("user-1")
    .setExpirationTime("1h")
    .sign(key);

function driverOf(name: ContenderName): Driver {
  if (name === "socket-io") return socketIo;
  if (name === "peerjs") return peerjs;
  return name === "cignal" ? cignal() : cignal(token);
}

const driver = driverOf(name as ContenderName);
const port = (index: number) => ports[index % ports.length] ?? 0;

function join(port: number, from: string) {
  const [room, me, other] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  return driver.join({ port, room, me, other, from }, () => undefined);
}

/**
 * That many people enter a room of their own on each node and leave it, on one node after the other: all at once they would
 * keep each other from the few processors here. Milliseconds that it took.
 */
async function joins(count: number): Promise<number> {
  const began = performance.now();
  for (const port of ports) {
    await repeat(count, AT_ONCE, async () => {
      const member = await join(port, "127.0.0.1");
      await member.leave();
    });
  }
  return performance.now() - began;
}

/** That many calls, each between the first node and the last. */
const calls = (count: number) =>
  repeat(count, AT_ONCE, () => call(driver, [port(0), port(ports.length - 1)]));

/** That many beats of people who are each in a room of their own. */
async function beats(count: number): Promise<void> {
  const members = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) => join(port(index), "127.0.0.1")),
  );
  await repeat(count, AT_ONCE, async (index) => members[index % AT_ONCE]?.beat?.());
  for (const member of members) await member.leave();
}

/** That many people enter, each a room of their own, and stay. */
const idle = (count: number) => repeat(count, AT_ONCE, (index) => join(port(index), idleFrom));

const handlers = { joins, calls, beats, idle };
export type Load = typeof handlers;
answer(handlers);
