import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Outlet } from "./outlet.js";
import { PresenceBoard } from "./presence.js";
import type { Member, Room } from "./rooms/room-state.js";

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

function setUp(presence: false | "count" | "names" = "count") {
  const outlet = {
    tell: vi.fn(),
    isHere: () => true,
    dismiss: vi.fn(),
    turnAway: vi.fn(),
    callIn: vi.fn(),
    tellWatchers: vi.fn<Outlet["tellWatchers"]>(),
  };
  const told = () =>
    outlet.tellWatchers.mock.calls.map(([, { size, revision }]) => [size, revision]);
  return { board: new PresenceBoard({ presence, capacity: 4 }, outlet), told };
}

it("O10: the first change is told at once, of several after it the last", () => {
  const { board, told } = setUp();
  const [one, two, three] = [
    roomOf(1, member("a")),
    roomOf(2, member("a"), member("b")),
    roomOf(3, member("a"), member("b"), member("c")),
  ];
  board.changed("r", undefined, one);
  board.changed("r", one, two);
  board.changed("r", two, three);
  expect(told()).toEqual([[1, 1]]);
  vi.advanceTimersByTime(250);
  expect(told()).toEqual([
    [1, 1],
    [3, 3],
  ]);
  vi.advanceTimersByTime(1_000);
  board.changed("r", three, undefined);
  expect(told().at(-1)).toEqual([0, 4]);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(250);
  expect(vi.getTimerCount()).toBe(0);
});

it("O10, O12: what watchers are not told makes no message", () => {
  const { board, told } = setUp();
  const room = roomOf(1, member("a"));
  board.changed("r", room, roomOf(2, member("a", { tokenHash: "new" })));
  board.changed("r", room, roomOf(2, member("a"), member("eye", { hidden: true })));
  expect(told()).toEqual([]);
  const silent = setUp(false);
  silent.board.changed("r", undefined, room);
  expect(silent.told()).toEqual([]);
});
