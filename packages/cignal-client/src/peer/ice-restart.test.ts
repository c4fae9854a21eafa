import { describe, expect, it } from "vitest";
import { IceRestartPolicy, type Observation, type RecoveryAction } from "./ice-restart.js";

/** A connection that is observed every 100 ms of a clock that the test turns. */
function watch({ polite = false, mediaExpected = true } = {}) {
  const policy = new IceRestartPolicy({ polite });
  const seen: Observation = {
    now: 1_000_000,
    connection: "c1",
    state: "connected",
    negotiating: false,
    describedAt: 0,
    serverHeardAt: Number.POSITIVE_INFINITY,
    channel: "open",
    packets: 0,
    messages: 0,
    mediaExpected,
  };
  const actions: [at: number, action: RecoveryAction][] = [];
  let begin = seen.now;
  let flowing = true;
  let beating = true;
  const run = (ms: number, change: Partial<Observation> = {}) => {
    Object.assign(seen, change);
    for (const end = seen.now + ms; seen.now < end; ) {
      seen.now += 100;
      if (flowing) seen.packets += 5;
      if (beating && seen.now % 1_000 === 0) seen.messages++;
      const action = policy.observe({ ...seen });
      if (action !== "none") actions.push([seen.now - begin, action]);
    }
  };
  return {
    policy,
    seen,
    actions,
    run,
    /** From here on nothing arrives. */
    cut: () => {
      begin = seen.now;
      flowing = false;
      beating = false;
    },
    stopMedia: () => {
      begin = seen.now;
      flowing = false;
    },
    heal: () => {
      begin = seen.now;
      flowing = true;
      beating = true;
    },
    mark: () => {
      begin = seen.now;
    },
    hint: (cause: "network-change" | "wake-up" | "page-hidden") => policy.hint(cause, seen.now),
  };
}

const well = { state: "well" };
const doubtful = (cause: string) => ({ state: "doubtful", cause });
const recovering = (cause: string) => ({ state: "recovering", cause });

describe("when a connection needs help", () => {
  it("K3: leaves a connection alone that carries something", () => {
    const { run, actions, policy } = watch();
    run(60_000);
    expect(actions).toEqual([]);
    expect(policy.health).toEqual(well);
  });

  it("K3: leaves a connection alone that is being made", () => {
    const { run, actions } = watch({ mediaExpected: false });
    run(14_000, { state: "connecting", packets: 0 });
    expect(actions).toEqual([]);
  });

  it.each([
    { mediaExpected: true, polite: false, at: 1_000 },
    { mediaExpected: true, polite: true, at: 1_400 },
    { mediaExpected: false, polite: false, at: 3_000 },
  ])("K3: what is received decides, not what a state says: %j", ({ at, ...options }) => {
    const { run, cut, actions, policy } = watch(options);
    run(5_000);
    cut();
    run(at);
    expect(actions).toEqual([[at, "restart"]]);
    expect(policy.health).toEqual(doubtful("silence"));
    run(500);
    expect(policy.health).toEqual(recovering("silence"));
  });

  it("K3: what is mended within half a second is not told", () => {
    const { run, cut, heal, policy } = watch();
    run(5_000);
    cut();
    run(1_300);
    heal();
    run(200);
    expect(policy.health).toEqual(well);
  });

  it("K3: a leftover packet does not end an outage", () => {
    const { run, cut, heal, policy } = watch();
    run(5_000);
    cut();
    run(2_000);
    heal();
    run(100);
    cut();
    run(100);
    expect(policy.health).toEqual(recovering("silence"));
  });

  it("K3: two beats end an outage of a side that sends nothing", () => {
    const { run, cut, heal, policy, stopMedia } = watch({ mediaExpected: false });
    run(5_000);
    cut();
    run(5_000);
    heal();
    stopMedia();
    run(2_000);
    expect(policy.health).toEqual(well);
  });

  it("K3: a side that hears beats but no media of a side that sends is deaf", () => {
    const { run, stopMedia, actions } = watch();
    run(5_000);
    stopMedia();
    run(1_600, { mediaExpected: true });
    expect(actions).toEqual([]);
    run(2_000);
    expect(actions).toEqual([[3_000, "restart"]]);
  });

  it("K3: a side that has nothing to send is not silent while it beats", () => {
    const { run, stopMedia, actions } = watch();
    run(5_000);
    stopMedia();
    run(60_000, { mediaExpected: false });
    expect(actions).toEqual([]);
  });

  it("K4: bears a state of disconnected for 1.5 s", () => {
    const { run, actions, policy, mark } = watch();
    run(5_000);
    run(1_400, { state: "disconnected" });
    run(1_000, { state: "connected" });
    expect(actions).toEqual([]);
    mark();
    run(1_700, { state: "disconnected" });
    expect(actions).toEqual([[1_600, "restart"]]);
    expect(policy.health).toEqual(recovering("disconnected"));
  });

  it("K4: helps a connection that was lost before it was seen to be there", () => {
    const { run, actions } = watch({ mediaExpected: false });
    run(2_000, { state: "disconnected", packets: 0 });
    expect(actions).toEqual([[1_600, "restart"]]);
  });

  it("K4: does not bear a failure", () => {
    const { run, actions, policy } = watch();
    run(5_000);
    run(100, { state: "failed" });
    expect(actions).toHaveLength(1);
    expect(policy.health).toEqual(recovering("failed"));
  });

  it("K4: makes a new connection when the channel has closed", () => {
    const { run, actions } = watch();
    run(5_000);
    run(100, { channel: "closed" });
    expect(actions).toMatchObject([[expect.any(Number), "rebuild"]]);
  });

  it("K4: makes it even if media flow and an offer waits for its answer", () => {
    const { run, actions } = watch();
    run(5_000);
    run(1_000, { channel: "closed", negotiating: true });
    expect(actions).toMatchObject([[expect.any(Number), "rebuild"]]);
  });

  it.each(["network-change", "wake-up"] as const)("%s is a hint, never a verdict", (cause) => {
    const { run, hint, cut, actions, policy } = watch();
    run(5_000);
    hint(cause);
    run(10_000);
    expect(actions).toEqual([]);
    cut();
    hint(cause);
    run(300);
    expect(actions).toEqual([[300, "restart"]]);
    expect(policy.health).toEqual(doubtful(cause));
  });

  it("P6: knows at once when the other page is away, and waits 12 s for it", () => {
    const { run, hint, cut, actions, policy } = watch();
    run(5_000);
    hint("page-hidden");
    cut();
    run(10_000, { channel: "closed" });
    expect(policy.health).toEqual(recovering("page-hidden"));
    expect(actions).toEqual([]);
    run(2_500);
    expect(actions).toHaveLength(1);
  });
});

describe("what is done about it", () => {
  it("K4: an answered restart has 2 s, the next 3; then a new connection is made, and patience grows", () => {
    const { run, cut, actions, seen } = watch();
    run(5_000);
    cut();
    run(11_000);
    expect(actions).toEqual([
      [1_000, "restart"],
      [3_500, "restart"],
      [7_000, "rebuild"],
    ]);
    seen.connection = "c2";
    run(60_000, { state: "connecting", channel: "connecting" });
    const later = actions.slice(3);
    expect(later[0]?.[1]).toBe("restart");
    expect(later.map(([, action]) => action)).toContain("rebuild");
    expect(later.length).toBeLessThan(12);
  });

  it("K4: without an answer nothing is repeated until something changes", () => {
    const { run, cut, actions, hint } = watch();
    run(5_000);
    cut();
    run(1_500);
    run(60_000, { negotiating: true });
    expect(actions).toHaveLength(1);
    hint("network-change");
    run(200);
    expect(actions).toHaveLength(2);
  });

  it("K4: asks for the server before it is needed, so that the restart need not wait for it", () => {
    const { policy, seen, actions, run, cut } = watch();
    run(5_000);
    expect(policy.isUneasy).toBe(false);
    cut();
    run(400);
    expect([policy.isUneasy, policy.isAlert(seen.now)]).toEqual([false, false]);
    run(100);
    expect([policy.isUneasy, policy.isAlert(seen.now)]).toEqual([true, true]);
    expect(policy.health).toEqual(well);
    run(500, { serverHeardAt: seen.now + 10 });
    expect(actions).toEqual([[1_000, "restart"]]);
  });

  it("K4: what was heard of the server before it was asked says nothing", () => {
    const { seen, actions, run, cut } = watch();
    run(5_000);
    cut();
    run(2_000, { serverHeardAt: seen.now + 400 });
    expect(actions).toEqual([]);
  });

  it("K4: waits for the server, without which nobody would hear of it", () => {
    const { run, cut, actions, seen, mark } = watch();
    run(5_000);
    cut();
    run(20_000, { serverHeardAt: seen.now });
    expect(actions).toEqual([]);
    mark();
    run(1_000, { serverHeardAt: seen.now });
    expect(actions).toEqual([[100, "restart"]]);
  });

  it("acts on a flock of hints once", () => {
    const { run, cut, actions, hint } = watch();
    run(5_000);
    cut();
    run(1_500);
    run(1_000);
    for (let i = 0; i < 4; i++) {
      hint("network-change");
      run(100);
    }
    expect(actions).toHaveLength(2);
  });

  it("K4: a restart that is under way already serves both sides", () => {
    const { run, cut, actions, policy } = watch();
    run(5_000);
    cut();
    run(1_500, { negotiating: true });
    expect(policy.health).toEqual(recovering("silence"));
    expect(actions).toEqual([]);
  });

  it("is well again when media arrive, and not when only a state says so", () => {
    const { run, cut, heal, policy } = watch();
    run(5_000);
    cut();
    run(3_000);
    run(1_000, { state: "disconnected" });
    run(1_000, { state: "connected" });
    expect(policy.health).toEqual(recovering("silence"));
    heal();
    run(200);
    expect(policy.health).toEqual(well);
  });

  it("counts the gap from the last sign of life", () => {
    const { run, cut, seen, policy } = watch();
    run(5_000);
    cut();
    const lastHeard = seen.now;
    run(4_000);
    expect(policy.silentSince).toBe(lastHeard);
  });
});
