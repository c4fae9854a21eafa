import { ProtocolError } from "@cignal/protocol";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { GatedStore } from "../../test/gate.js";
import { SharedStore } from "../../test/shared-store.js";
import { ServerEventEmitter } from "../events/server-events.js";
import { RoomRates } from "../limits/room-rates.js";
import type { Outlet } from "../outlet.js";
import type { JoinCommand, Welcome } from "./command.js";
import { MemoryStore } from "./memory-store.js";
import type { AbsenceReason } from "./room-state.js";
import type { RoomStore } from "./room-store.js";
import { Rooms } from "./rooms.js";

const GRACE = 30_000;
const RETURN = 5_000;

function setUp(store: RoomStore = new MemoryStore(), returnPeriodMs = RETURN, node = "n") {
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const outlet = {
    tell: vi.fn<Outlet["tell"]>(),
    dismiss: vi.fn<Outlet["dismiss"]>(),
    isHere: () => true,
    turnAway: vi.fn<Outlet["turnAway"]>(),
    callIn: vi.fn<Outlet["callIn"]>(),
  };
  const events = new ServerEventEmitter(logger);
  const roomRates = new RoomRates({ messagesPerSecond: 10, burst: 100 });
  const rooms = new Rooms({
    store,
    node,
    capacity: 2,
    outlet,
    events,
    logger,
    roomRates,
    gracePeriodMs: GRACE,
    returnPeriodMs,
  });
  return { rooms, outlet, events, logger, store, roomRates };
}

function join(roomId: string, peerId: string, more: Partial<JoinCommand> = {}): JoinCommand {
  return {
    type: "join",
    roomId,
    peer: { id: peerId, name: peerId },
    session: { socketId: "s", address: "::1" },
    connection: `${peerId}-1`,
    newTokenHash: `hash of ${peerId}`,
    proves: () => false,
    capacity: 2,
    now: 1,
    ...more,
  };
}

/** Two nodes with one store. */
function startNodes(store: SharedStore): [Rooms, Rooms] {
  const nodes: [Rooms, Rooms] = [
    setUp(store, RETURN, "one").rooms,
    setUp(store, RETURN, "other").rooms,
  ];
  onTestFinished(async () => {
    for (const rooms of nodes) await rooms.close();
  });
  return nodes;
}

const lose = (peerId: string, reason: AbsenceReason = "timeout") =>
  ({ type: "connection-lost", peerId, connection: `${peerId}-1`, reason }) as const;

describe("the queues", () => {
  it("DEFECTS 8: a slow room delays no other room", async () => {
    const store = new GatedStore("slow");
    const { rooms } = setUp(store);
    const slow = rooms.submit("slow", join("slow", "a"));
    expect(await rooms.submit("fast", join("fast", "a"))).toBe("changed");
    expect(rooms.known("slow")).toBeUndefined();
    store.open();
    expect(await slow).toBe("changed");
  });

  it("DEFECTS 8: joining, leaving and closing wait for each other within a room", async () => {
    const store = new GatedStore();
    const { rooms } = setUp(store);
    const outcomes = Promise.all([
      rooms.submit("r", join("r", "a")),
      rooms.submit("r", { type: "leave", peerId: "a", connection: "a-1" }),
      rooms.submit("r", join("r", "b")),
      rooms.submit("r", { type: "close", code: "room-closed" }),
      rooms.submit("r", { type: "close", code: "room-closed" }),
    ]);
    store.open();
    expect(await outcomes).toEqual(["changed", "changed", "changed", "changed", "unchanged"]);
    expect(await store.count()).toBe(0);
  });

  it("J2: of 20 parallel joins, exactly as many as there are places come in", async () => {
    const { rooms } = setUp();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => rooms.submit("r", join("r", `p${i}`, { capacity: 5 }))),
    );
    expect(outcomes.filter((outcome) => outcome === "changed")).toHaveLength(5);
    expect(rooms.known("r")?.members).toHaveLength(5);
  });
});

describe("a store that others write to", () => {
  it("is read again, and decided on again, when somebody else was faster", async () => {
    const store = new MemoryStore();
    const one = setUp(store);
    const other = setUp(store);
    const outcomes = await Promise.all([
      ...["a", "b", "c"].map((id) => one.rooms.submit("r", join("r", id, { capacity: 4 }))),
      ...["d", "e", "f"].map((id) => other.rooms.submit("r", join("r", id, { capacity: 4 }))),
    ]);
    expect(outcomes.filter((outcome) => outcome === "changed")).toHaveLength(4);
    expect((await store.load("r"))?.members).toHaveLength(4);
  });

  it("is not read for who comes and goes: a commit tells if a room is not as it was expected", async () => {
    const store = new SharedStore();
    const [one, other] = startNodes(store);
    const load = vi.spyOn(store, "load");
    expect(await one.submit("r", join("r", "a"))).toBe("changed");
    expect(await other.submit("r", join("r", "b"))).toBe("changed");
    expect(await one.submit("r", { type: "leave", peerId: "a", connection: "a-1" })).toBe(
      "changed",
    );
    expect(load).not.toHaveBeenCalled();
    const room = await store.load("r");
    expect(room?.members.map(({ peer }) => peer.id)).toEqual(["b"]);
  });

  it("J2: is read before anybody is refused: the room may not be full any more", async () => {
    const store = new SharedStore();
    const [one, other] = startNodes(store);
    for (const id of ["a", "b"]) expect(await one.submit("r", join("r", id))).toBe("changed");
    expect(await one.submit("r", join("r", "c"))).toMatchObject({ code: "room-full" });
    await other.submit("r", { type: "leave", peerId: "b", connection: "b-1" });
    expect(one.known("r")?.members).toHaveLength(2);
    expect(await one.submit("r", join("r", "c"))).toBe("changed");
  });

  it("that never takes a commit is given up on, and nobody is told anything", async () => {
    const store = new MemoryStore();
    const commit = vi.spyOn(store, "commit").mockResolvedValue({ done: false, room: undefined });
    const { rooms, outlet } = setUp(store);
    const welcomed = vi.fn();
    await expect(rooms.submit("r", join("r", "a"), { welcomed })).rejects.toThrow("refused");
    expect(commit).toHaveBeenCalled();
    expect(welcomed).not.toHaveBeenCalled();
    expect(outlet.tell).not.toHaveBeenCalled();
  });

  it.each(["before", "after"])(
    "that fails %s it took a join: who is told so is not in the room, and can enter it again",
    async (when) => {
      const store = new MemoryStore();
      const { rooms, events } = setUp(store);
      await rooms.submit("r", join("r", "a"));
      const commit = store.commit.bind(store);
      vi.spyOn(store, "commit").mockImplementationOnce(async (...args) => {
        if (when === "after") await commit(...args);
        throw new Error("no connection");
      });
      const joined = vi.fn();
      events.on("peerJoined", joined);
      await expect(rooms.submit("r", join("r", "b"))).rejects.toThrow("no connection");
      expect(await rooms.submit("r", join("r", "b", { connection: "b-2" }))).toBe("changed");
      expect(rooms.known("r")?.members.map(({ presence }) => presence)).toMatchObject([
        { connection: "a-1" },
        { connection: "b-2" },
      ]);
      expect(joined).toHaveBeenCalledOnce();
    },
  );

  it("that fails is told later who has left and who was lost, in their order", async () => {
    const store = new MemoryStore();
    const { rooms, outlet } = setUp(store);
    for (const id of ["a", "b", "c"]) await rooms.submit("r", join("r", id, { capacity: 3 }));
    const load = vi.spyOn(store, "load").mockRejectedValue(new Error("no connection"));
    const facts = [lose("b"), { type: "leave", peerId: "c", connection: "c-1" }] as const;
    for (const fact of facts) expect(await rooms.submit("r", fact)).toBe("postponed");
    load.mockRestore();
    expect(await rooms.submit("r", { type: "set-ice-servers", iceServers: [] })).toBe("changed");
    expect(rooms.known("r")?.members.map(({ presence }) => presence.state)).toEqual([
      "connected",
      "away",
    ]);
    expect(outlet.tell.mock.calls.map(([, , { type }]) => type).slice(-2)).toEqual([
      "peer-left",
      "ice-servers",
    ]);
  });

  it("that fails harms only the command at hand", async () => {
    const store = new MemoryStore();
    vi.spyOn(store, "load").mockRejectedValueOnce(new Error("no connection"));
    const { rooms } = setUp(store);
    const failed = rooms.submit("r", join("r", "a"));
    const next = rooms.submit("r", join("r", "b"));
    await expect(failed).rejects.toThrow("no connection");
    expect(await next).toBe("changed");
  });
});

describe("delivery", () => {
  it("H3: welcomes the new member before anybody else is told", async () => {
    const { rooms, outlet } = setUp();
    await rooms.submit("r", join("r", "a"));
    const order: string[] = [];
    outlet.tell.mockImplementation((_room, members, { type }) => {
      if (members.length > 0) order.push(type);
    });
    const welcomed = ({ peers }: Welcome) => order.push(`welcome to ${peers.length}`);
    await rooms.submit("r", join("r", "b"), { welcomed });
    expect(order).toEqual(["welcome to 1", "peer-joined"]);
  });

  it("goes on with the others when one of them fails", async () => {
    const { rooms, outlet, events, logger } = setUp();
    const joined = vi.fn();
    events.on("peerJoined", joined);
    outlet.tell.mockImplementation(() => {
      throw new Error("adapter broken");
    });
    expect(await rooms.submit("r", join("r", "a"))).toBe("changed");
    expect(joined).toHaveBeenCalledOnce();
    expect(logger.error).toHaveBeenCalledOnce();
  });
});

describe("M5: what is said in a room", () => {
  it("is limited for each room by itself, and forgotten with it", async () => {
    const { rooms, roomRates } = setUp();
    const message = { type: "signal", payload: {} } as never;
    const tell = (roomId: string) => {
      const [member] = rooms.known(roomId)?.members ?? [];
      return member && rooms.tell(roomId, member, message);
    };
    await rooms.submit("r", join("r", "a"));
    await rooms.submit("s", join("s", "a"));
    for (let i = 0; i < 100; i++) expect(tell("r")).toBeUndefined();
    expect(tell("r")).toMatchObject({ code: "rate-limited", retryAfterMs: expect.any(Number) });
    expect(tell("s")).toBeUndefined();
    expect(roomRates.size).toBe(2);
    for (const roomId of ["r", "s"]) {
      await rooms.submit(roomId, { type: "close", code: "room-closed" });
    }
    expect(roomRates.size).toBe(0);
  });
});

describe("grace periods", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("L3: end the membership when they end", async () => {
    const { rooms, outlet } = setUp();
    await rooms.submit("r", join("r", "a"));
    await rooms.submit("r", join("r", "b"));
    await rooms.submit("r", lose("b"));
    await vi.advanceTimersByTimeAsync(GRACE - 1);
    expect(rooms.known("r")?.members).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(rooms.known("r")?.members).toHaveLength(1);
    expect(outlet.tell).toHaveBeenLastCalledWith("r", [expect.objectContaining({})], {
      type: "peer-left",
      payload: { peerId: "b", reason: "timeout", revision: 4 },
    });
  });

  it("L7: are as short as the return period when the page went away, if that is the shorter one", async () => {
    for (const [returnPeriodMs, endsAfter] of [
      [RETURN, RETURN],
      [GRACE + 1, GRACE],
    ]) {
      const { rooms } = setUp(new MemoryStore(), returnPeriodMs);
      await rooms.submit("r", join("r", "a"));
      await rooms.submit("r", lose("a", "left"));
      await vi.advanceTimersByTimeAsync((endsAfter ?? 0) - 1);
      expect(rooms.known("r")).toBeDefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(rooms.known("r")).toBeUndefined();
    }
  });

  it("L8: end 10 s after a standing has, if they have not ended before", async () => {
    const expiring = (inMs: number) => ({ standing: { expiresAt: Date.now() + inMs } });
    for (const [inMs, endsAfter] of [
      [5_000, 15_000],
      [20_000, GRACE],
      [60_000, GRACE],
      [-60_000, 0],
    ] as const) {
      const { rooms } = setUp();
      await rooms.submit("r", join("r", "a", expiring(inMs)));
      await rooms.submit("r", lose("a"));
      await vi.advanceTimersByTimeAsync(Math.max(0, endsAfter - 1));
      expect(rooms.known("r") !== undefined).toBe(endsAfter > 0);
      await vi.advanceTimersByTimeAsync(1);
      expect(rooms.known("r")).toBeUndefined();
    }
  });

  it("L8: after a standing has expired last 10 s, and the others hear that the server put them out", async () => {
    const { rooms, outlet } = setUp();
    await rooms.submit("r", join("r", "a"));
    await rooms.submit("r", join("r", "b", { standing: { expiresAt: Date.now() } }));
    await rooms.submit("r", { type: "expire", peerId: "b", connection: "b-1" });
    expect(outlet.dismiss).toHaveBeenCalledExactlyOnceWith("b-1", "token-expired");
    await vi.advanceTimersByTimeAsync(9_999);
    expect(rooms.known("r")?.members).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(outlet.tell).toHaveBeenLastCalledWith("r", [expect.objectContaining({})], {
      type: "peer-left",
      payload: { peerId: "b", reason: "removed", revision: 4 },
    });
  });

  it("L4: leave no timer behind after a resume, and none before a loss", async () => {
    const { rooms } = setUp();
    await rooms.submit("r", join("r", "a"));
    expect(vi.getTimerCount()).toBe(0);
    await rooms.submit("r", lose("a"));
    expect(vi.getTimerCount()).toBe(1);
    const resume = join("r", "a", { connection: "a-2", proves: () => true });
    await rooms.submit("r", resume);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("report a store that fails when they end, and end when it answers again", async () => {
    const { rooms, store, logger } = setUp();
    await rooms.submit("r", join("r", "a"));
    await rooms.submit("r", lose("a"));
    vi.spyOn(store, "load").mockRejectedValueOnce(new Error("no connection"));
    await vi.advanceTimersByTimeAsync(GRACE);
    expect(logger.error).toHaveBeenCalledWith("grace-expired failed", {
      error: "StoreFailure: Error: no connection",
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(rooms.known("r")).toBeUndefined();
  });
});

describe("closing", () => {
  it("L6: ends every room, those that are just being made too, and lets nobody in", async () => {
    const store = new GatedStore("slow");
    const { rooms, outlet } = setUp(store);
    await rooms.submit("r", join("r", "a"));
    const queued = rooms.submit("slow", join("slow", "b"));
    const closing = rooms.close();
    const late = rooms.submit("r", join("r", "c"));
    store.open();
    await closing;
    await queued;
    const refused = await late;
    expect(refused instanceof ProtocolError && refused.code).toBe("server-closing");
    expect(outlet.dismiss).toHaveBeenCalledWith("a-1", "server-closing");
    expect(await store.count()).toBe(0);
  });
});
