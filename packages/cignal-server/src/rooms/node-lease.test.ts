import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SharedStore } from "../../test/shared-store.js";
import { NodeLease } from "./node-lease.js";
import { takeOverNode } from "./take-over.js";

const TTL = 10_000;

function setUp(store = new SharedStore(TTL), node = "n") {
  const lost = vi.fn();
  const takeOver = vi.fn(async (from: string) => store.leases.forget(from));
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const { leases } = store;
  const lease = new NodeLease({ leases, node, logger, lost, takeOver });
  return { store, lease, lost, takeOver, logger };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a lease", () => {
  it("is renewed in time, and nothing is lost by that", async () => {
    const { store, lease, lost } = setUp();
    lease.start();
    for (let s = 0; s < 60; s++) {
      await vi.advanceTimersByTimeAsync(1_000);
      expect(store.leases.ends.get("n")).toBeGreaterThan(Date.now());
    }
    expect(lost).not.toHaveBeenCalled();
  });

  it("that ran out is renewed, and the rooms are looked after at once and in the two renewals after", async () => {
    const { store, lease, lost } = setUp();
    lease.start();
    await vi.advanceTimersByTimeAsync(0);
    await store.leases.release("n");
    await vi.advanceTimersByTimeAsync(TTL * 0.3);
    expect(lost).toHaveBeenCalledTimes(1);
    expect(lease.mayNotOpen()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(TTL * 3);
    expect(lost).toHaveBeenCalledTimes(3);
  });

  it("of a store that has lost everything: the rooms are restored, and nobody opens one meanwhile", async () => {
    const { store, lease, lost } = setUp();
    lease.start();
    await vi.advanceTimersByTimeAsync(0);
    store.leases.generation = "second";
    await vi.advanceTimersByTimeAsync(TTL * 0.3);
    expect(lost).toHaveBeenCalledTimes(1);
    expect(lease.mayNotOpen()).toMatchObject({ code: "unavailable", retryAfterMs: TTL });
    await vi.advanceTimersByTimeAsync(TTL);
    expect(lease.mayNotOpen()).toBeUndefined();
  });

  it("is asked for before somebody enters, if it may have run out", async () => {
    const { store, lease } = setUp();
    const renew = vi.spyOn(store.leases, "renew");
    await lease.held();
    await lease.held();
    expect(renew).toHaveBeenCalledTimes(1);
    lease.doubt();
    renew.mockRejectedValueOnce(new Error("no connection"));
    await expect(lease.held()).rejects.toThrow("no connection");
    await lease.held();
    vi.setSystemTime(Date.now() + TTL);
    await lease.held();
    expect(renew).toHaveBeenCalledTimes(4);
  });

  it("that cannot be renewed is a line in the log, once, and another one when it can", async () => {
    const { store, lease, logger } = setUp();
    const renew = vi.spyOn(store.leases, "renew").mockRejectedValue(new Error("no connection"));
    lease.start();
    await vi.advanceTimersByTimeAsync(TTL);
    expect(logger.error.mock.calls).toEqual([
      ["the room store is away", { error: "StoreFailure: Error: no connection" }],
    ]);
    renew.mockRestore();
    await vi.advanceTimersByTimeAsync(TTL);
    expect(logger.info.mock.calls).toEqual([["the room store is back"]]);
  });

  it("is given back, and no longer renewed, when its node ends", async () => {
    const { store, lease } = setUp();
    lease.start();
    await vi.advanceTimersByTimeAsync(0);
    await lease.stop();
    await vi.advanceTimersByTimeAsync(TTL);
    expect(store.leases.ends.get("n")).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a node whose lease has run out", () => {
  it("is taken over by another one, again if that fails", async () => {
    const { store, lease, takeOver } = setUp();
    await store.leases.renew("dead");
    lease.start();
    await vi.advanceTimersByTimeAsync(TTL - 1_000);
    expect(takeOver).not.toHaveBeenCalled();
    takeOver.mockRejectedValueOnce(new Error("no connection"));
    await vi.advanceTimersByTimeAsync(TTL);
    expect(takeOver.mock.calls).toEqual([["dead"], ["dead"]]);
  });

  it("is taken over by one of many", async () => {
    const store = new SharedStore(TTL);
    const member = (node: string) => ({
      peer: { id: "a", name: "a" },
      session: { socketId: "s", address: "::1" },
      tokenHash: "",
      joinedAt: 1,
      presence: { state: "connected", connection: "c", node } as const,
    });
    for (let i = 0; i < 250; i++) {
      const node = i % 2 ? "dead" : "n1";
      await store.commit(`r${i}`, 0, {
        id: `r${i}`,
        openedAt: 1,
        revision: 1,
        members: [member(node)],
      });
    }
    const submit = vi.fn(async () => "changed" as const);
    const { leases } = store;
    await Promise.all(
      ["n1", "n2"].map((node) => takeOverNode("dead", { submit }, { store, leases, node })),
    );
    expect(submit).toHaveBeenCalledTimes(125);
    expect(submit).toHaveBeenCalledWith("r1", { type: "take-over", from: "dead" });
  });
});
