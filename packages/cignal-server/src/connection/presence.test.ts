import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Member, Room } from "../rooms/room-state.js";
import type { ServerSocket } from "../socket-io.js";
import { PresenceBoard } from "./presence.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const member = (id: string, more: Partial<Member> = {}): Member => ({
  peer: { id, name: id },
  session: { socketId: id, address: "192.0.2.9" },
  tokenHash: id,
  joinedAt: 1,
  presence: { state: "connected", connection: id, node: "n" },
  ...more,
});

function roomOf(revision: number, ...members: Member[]): Room {
  return { id: "r", openedAt: 1, revision, members };
}

/** A socket that watches room "r", and what it is told. */
function setUp(presence: "count" | "names" = "count") {
  const board = new PresenceBoard({ presence, capacity: 4 });
  const told: unknown[] = [];
  let close = () => {};
  const socket = {
    emit: (_type: string, { size, revision }: { size: number; revision: number }) =>
      told.push([size, revision]),
    on: (_event: string, listener: () => void) => {
      close = listener;
    },
  } as unknown as ServerSocket;
  board.add("r", socket);
  return { board, told, close: () => close() };
}

it("O10: the first change is told at once, of several after it the last", () => {
  const { board, told, close } = setUp();
  const [one, two, three] = [
    roomOf(1, member("a")),
    roomOf(2, member("a"), member("b")),
    roomOf(3, member("a"), member("b"), member("c")),
  ];
  board.changed("r", one);
  board.changed("r", two);
  board.changed("r", three);
  board.changed("another", three);
  expect(told).toEqual([[1, 1]]);
  vi.advanceTimersByTime(250);
  expect(told).toEqual([
    [1, 1],
    [3, 3],
  ]);
  vi.advanceTimersByTime(1_000);
  board.changed("r", undefined);
  expect(told.at(-1)).toEqual([0, 4]);
  expect(vi.getTimerCount()).toBe(1);
  close();
  expect(vi.getTimerCount()).toBe(0);
  board.changed("r", one);
  expect(told).toHaveLength(3);
});

it("O10, O12: what watchers are not told makes no message", () => {
  const { board, told } = setUp();
  board.changed("r", roomOf(1, member("a")));
  vi.advanceTimersByTime(1_000);
  board.changed("r", roomOf(2, member("a", { tokenHash: "new" })));
  board.changed("r", roomOf(3, member("a"), member("eye", { hidden: true })));
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([[1, 1]]);
});

it("O10: what another node has changed is seen soon, also after the store was away", async () => {
  const { board, told, close } = setUp();
  const look = vi
    .fn<(roomId: string) => Promise<Room | undefined>>()
    .mockRejectedValueOnce(new Error("no connection"))
    .mockResolvedValue(roomOf(5, member("a")));
  const end = board.poll(look);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([[1, 5]]);
  close();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(look).toHaveBeenCalledTimes(2);
  end();
  expect(vi.getTimerCount()).toBe(0);
});
