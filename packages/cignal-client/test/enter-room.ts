import type { PeerInfo } from "@cignal/protocol";
import { afterEach, vi } from "vitest";
import type { Browser } from "../src/browser/browser.js";
import { Cignal } from "../src/cignal.js";
import type { CignalEvents } from "../src/cignal-events.js";
import type { CignalOptions } from "../src/options.js";
// Loaded on demand; for the first time it would take a while, of the real clock.
import "../src/session.js";
import { fakeBrowser } from "./fake-browser.js";
import { FakeNetwork } from "./fake-peer-connection.js";
import { type FakeSocket, fakeSockets } from "./fake-socket.js";

export const envelope = { session: "theirs", number: 1, first: 1, received: 0 };
export const bob = { id: "bob", name: "Bob" };
export const carol = { id: "carol", name: "Carol", role: "guest" };

const entered: Cignal[] = [];
afterEach(() => {
  for (const cignal of entered.splice(0)) void cignal.leaveRoom();
});

/** A page that has begun to enter a room; the test is the server. */
export function start(options: CignalOptions = {}, overrides: Partial<Browser> = {}) {
  const network = new FakeNetwork();
  const browser = fakeBrowser({ network, ...overrides });
  const { sockets, openSocket } = fakeSockets();
  const room = Cignal.createRoom({ peerId: "me", ...options }, { browser, openSocket });
  const [socket] = sockets as [FakeSocket];
  return { room, socket, browser, network };
}

/** A page that is in a room with `peers`, and what it is told. */
export async function enter(
  options: CignalOptions = {},
  { peers = [bob], ...overrides }: Partial<Browser> & { peers?: PeerInfo[] } = {},
) {
  const { room, ...rest } = start(options, overrides);
  rest.socket.arrive();
  rest.socket.welcome({ peers });
  const cignal = await room;
  entered.push(cignal);
  const heard: [keyof CignalEvents, ...unknown[]][] = [];
  const names = [
    "localStream",
    "peerJoined",
    "peerHangUp",
    "information",
    "clientError",
    "serverError",
  ] as const;
  for (const name of names) {
    cignal.on(name, (...args: unknown[]) => heard.push([name, ...args]));
  }
  await vi.advanceTimersByTimeAsync(0);
  const of = (name: keyof CignalEvents) => heard.filter(([heardName]) => heardName === name);
  return { cignal, heard, of, ...rest };
}
