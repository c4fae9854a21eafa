import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fakeBrowser } from "../../test/fake-browser.js";
import { type FakeSocket, fakeSockets } from "../../test/fake-socket.js";
import { Cignal } from "../cignal.js";
import type { WatchOptions } from "./watch-room.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const empty = { open: false, size: 0, capacity: 2, locked: false, hasPassword: false, host: false };
const busy = { ...empty, open: true, size: 1, host: true };

async function watch(options: Partial<WatchOptions> = {}) {
  const { sockets, openSocket } = fakeSockets();
  const heard: unknown[] = [];
  const browser = fakeBrowser();
  const watched = Cignal.watchRoom({ roomId: "r", ...options }, (each) => heard.push(each), {
    browser,
    openSocket,
  });
  watched.catch(() => {});
  await vi.dynamicImportSettled();
  const [socket] = sockets as [FakeSocket];
  return { watched, socket, heard, browser };
}

it("O10: tells how a room is at once and at each change, until it is stopped", async () => {
  const { watched, socket, heard } = await watch();
  socket.arrive();
  expect(JSON.parse(JSON.stringify(socket.handshake))).toEqual({
    protocol: [1],
    roomId: "r",
    peerId: expect.stringMatching(/^[\w-]{22}$/),
    watch: true,
  });
  socket.receive("presence", { ...empty, revision: 0 });
  const { stop } = await watched;
  socket.receive("presence", { ...busy, revision: 2 });
  socket.receive("presence", { ...empty, revision: 1 });
  expect(heard).toEqual([empty, busy]);
  stop();
  expect(socket.left).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it("O10: comes back when the socket is lost, and counts anew with a server that does", async () => {
  const { watched, socket, heard } = await watch();
  socket.arrive();
  socket.receive("presence", { ...busy, revision: 9 });
  const { stop } = await watched;
  socket.lose("transport close");
  await vi.advanceTimersByTimeAsync(200);
  expect(socket.attempts).toBe(2);
  socket.arrive();
  socket.receive("presence", { ...empty, revision: 0 });
  expect(heard).toEqual([busy, empty]);
  stop();
});

it("O10: is refused where the server tells nobody, at first as later", async () => {
  const forbidden = { code: "forbidden", message: "No." };
  const onEnd = vi.fn();
  const first = await watch({ onEnd });
  first.socket.arrive();
  first.socket.receive("refused", forbidden);
  await expect(first.watched).rejects.toMatchObject({ code: "forbidden" });
  expect(onEnd).not.toHaveBeenCalled();
  const second = await watch({ onEnd });
  second.socket.arrive();
  second.socket.receive("presence", { ...empty, revision: 0 });
  await second.watched;
  second.socket.receive("closed", forbidden);
  expect(onEnd).toHaveBeenCalledWith(expect.objectContaining({ code: "forbidden" }));
  expect(vi.getTimerCount()).toBe(0);
});

it("leaves a server that knows of no watching, and says so", async () => {
  const { watched, socket } = await watch();
  socket.arrive();
  socket.welcome();
  await expect(watched).rejects.toMatchObject({ code: "incompatible-version" });
  expect(socket.left).toBe(true);
});

it("ends with its signal", async () => {
  const controller = new AbortController();
  const reason = new Error("the component is gone");
  const { watched, socket } = await watch({ signal: controller.signal });
  socket.arrive();
  controller.abort(reason);
  await expect(watched).rejects.toBe(reason);
  expect(socket.left).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
