import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { peerPair, type Side } from "../../test/peer-pair.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Two on whose side calls ring, and `a` calls. */
async function ringing() {
  const pair = peerPair({ rings: true, warm: false });
  const outcome = pair.a.peer.call().then(
    () => "on",
    (error) => error,
  );
  await pair.settle();
  return { ...pair, outcome };
}

const states = (...sides: Side[]) => sides.map(({ peer }) => peer.callState);

const sentTracks = ({ open }: Side) =>
  open().flatMap((pc) => pc.getSenders().flatMap(({ track }) => track ?? []));

describe("a call that rings", () => {
  it("N1: asks once, and touches nothing of whom it asks until they accept", async () => {
    const { a, b, settle, outcome } = await ringing();
    expect(states(a, b)).toEqual(["ringing", "incoming"]);
    expect(b.heard.incoming).toHaveBeenCalledExactlyOnceWith(b.peer.info);
    expect(b.heard.called).not.toHaveBeenCalled();
    expect(b.open()).toEqual([]);
    expect(b.sent.map(({ message }) => message?.type)).not.toContain("description");

    const accepted = b.peer.accept();
    await settle();
    await accepted;
    expect(await outcome).toBe("on");
    expect(states(a, b)).toEqual(["in-call", "in-call"]);
    expect(sentTracks(b)).toHaveLength(2);
  });

  it("N1: may ring longer than a call may take to begin", async () => {
    const { a, b, settle, outcome } = await ringing();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(states(a, b)).toEqual(["ringing", "incoming"]);
    void b.peer.accept();
    await settle();
    expect(await outcome).toBe("on");
  });

  it("N2: is declined with a reason, and may be tried again", async () => {
    const { a, b, settle, outcome } = await ringing();
    b.peer.reject("in a meeting");
    b.peer.reject("in a meeting");
    await settle();
    expect(await outcome).toMatchObject({
      code: "call-rejected",
      message: "b declined the call: in a meeting.",
    });
    expect(states(a, b)).toEqual(["waiting", "waiting"]);
    expect(b.heard.cancelled).not.toHaveBeenCalled();
    void a.peer.call();
    await settle();
    expect(states(a, b)).toEqual(["ringing", "incoming"]);
  });

  it("N3: is taken back, and stops ringing", async () => {
    const { a, b, settle, outcome } = await ringing();
    a.peer.cancel();
    await settle();
    expect(await outcome).toMatchObject({ code: "call-cancelled" });
    expect(b.heard.cancelled).toHaveBeenCalledExactlyOnceWith(b.peer.info, "cancelled");
    expect(states(a, b)).toEqual(["waiting", "waiting"]);
    await expect(b.peer.accept()).rejects.toMatchObject({ code: "call-cancelled" });
    expect(b.open()).toEqual([]);
  });

  it("N3: rings no longer than was allowed", async () => {
    const { a, b, settle, outcome } = await ringing();
    await vi.advanceTimersByTimeAsync(45_000);
    await settle();
    expect(await outcome).toMatchObject({ code: "no-answer", retryable: true });
    expect(b.heard.cancelled).toHaveBeenCalledExactlyOnceWith(b.peer.info, "no-answer");
    expect(states(a, b)).toEqual(["waiting", "waiting"]);
  });

  it("N4: is over when it was accepted in the moment in which it was taken back", async () => {
    const { a, b, settle, outcome } = await ringing();
    const accepted = b.peer.accept().catch(({ code }) => code);
    a.peer.cancel();
    await settle();
    expect(await outcome).toMatchObject({ code: "call-cancelled" });
    expect(await accepted).toBe("call-cancelled");
    expect(states(a, b)).toEqual(["waiting", "waiting"]);
    expect([...sentTracks(a), ...sentTracks(b)]).toEqual([]);
  });

  it("ends when the caller leaves", async () => {
    const { b } = await ringing();
    b.peer.end();
    expect(b.heard.cancelled).toHaveBeenCalledExactlyOnceWith(b.peer.info, "left");
  });

  it("is accepted by whoever calls back", async () => {
    const { a, b, settle, outcome } = await ringing();
    void b.peer.call();
    await settle();
    expect(await outcome).toBe("on");
    expect(states(a, b)).toEqual(["in-call", "in-call"]);
  });

  it("P3: needs no question if both call at once", async () => {
    const { a, b, settle } = peerPair({ rings: true, warm: false });
    const calls = [a.peer.call(), b.peer.call()];
    await settle();
    await Promise.all(calls);
    expect(states(a, b)).toEqual(["in-call", "in-call"]);
    expect(a.heard.incoming).not.toHaveBeenCalled();
    expect(b.heard.incoming).not.toHaveBeenCalled();
  });
});
