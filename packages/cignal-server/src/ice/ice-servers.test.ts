import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { IceServers } from "./ice-servers.js";

const peer = { roomId: "room", id: "peer", name: "Peer", role: "participant" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("C3: a function that never answers holds nobody up, and is reported", async () => {
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const list = [{ urls: "stun:stun.example.org" }];
  const answers = [Promise.resolve(list), new Promise<never>(() => {})];
  const iceServers = () => answers.shift() ?? list;
  const own = new IceServers({ iceServers, turn: undefined, logger }).of(peer);
  await own.ask();

  const asked = own.ask();
  await vi.advanceTimersByTimeAsync(5_000);
  await asked;
  expect(own.list()).toEqual(list);
  expect(logger.error).toHaveBeenCalledExactlyOnceWith(
    "iceServers failed",
    expect.objectContaining({ roomId: "room", peerId: "peer" }),
  );
  expect(vi.getTimerCount()).toBe(0);
});
