import { LIMITS } from "@cignal/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, carol, enter, start } from "../test/enter-room.js";
import { fakeStream } from "../test/fake-browser.js";
import type { FakeTrack } from "../test/fake-media.js";
import type { Outcome } from "./errors.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("requests", () => {
  it("joinRoom fails with nobody-here, as an event and as an outcome", async () => {
    const { cignal, of } = await enter({}, { peers: [] });
    const outcome = await cignal.joinRoom();
    expect(outcome).toMatchObject({ success: false, error: { code: "nobody-here" } });
    expect(of("clientError")).toHaveLength(1);
  });

  it("DEFECTS 12: a request that the server does not answer ends in time", async () => {
    const { cignal, socket } = await enter({ timeoutMs: 1_000 });
    socket.answer = () => "no answer";
    const outcome = cignal.setICEServers([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await outcome).toMatchObject({ success: false, error: { code: "timeout" } });
  });

  it("E3: what the server refuses is a serverError with its words", async () => {
    const { cignal, socket, of } = await enter();
    socket.answer = () => ({
      error: { code: "bad-message", message: "iceServers.0: no", field: "iceServers.0" },
    });
    const outcome = await cignal.setICEServers([]);
    expect(outcome).toMatchObject({ success: false, error: { field: "iceServers.0" } });
    expect(of("serverError")).toMatchObject([
      ["serverError", { reason: { code: "bad-message", message: "iceServers.0: no" } }],
    ]);
  });

  it.each([undefined, () => 1, Number.NaN, new Uint8Array(1), "x".repeat(LIMITS.data)])(
    "I1: refuses to inform of what is no JSON or too long",
    async (data) => {
      const { cignal, socket } = await enter();
      expect(await cignal.inform(data)).toMatchObject({
        success: false,
        error: { code: "bad-argument", field: "data" },
      });
      expect(socket.informations()).toEqual([]);
    },
  );

  it("I1: informs one peer, and nobody by a wrong id", async () => {
    const { cignal, socket } = await enter({}, { peers: [bob, carol] });
    expect(await cignal.inform("x", { to: "carol" })).toEqual({ success: true });
    expect(await cignal.inform("x", { to: "dave" })).toMatchObject({
      success: false,
      error: { code: "nobody-here" },
    });
    expect(socket.informations()).toEqual([["carol", "x"]]);
  });

  it("C2: new ICE servers reach the connections that there are", async () => {
    const { socket, network } = await enter();
    const iceServers = [{ urls: "stun:192.0.2.1:3478" }];
    socket.receive("ice-servers", { iceServers });
    expect(network.connections[0]?.getConfiguration().iceServers).toEqual(iceServers);
  });

  it("copyLink says what to do when there is no clipboard, or no leave to use it", async () => {
    const insecure = await enter({}, { writeClipboard: () => undefined });
    expect(await insecure.cignal.copyLink("x")).toMatchObject({ error: { code: "insecure-page" } });
    const denied = await enter({}, { writeClipboard: () => () => Promise.reject(new Error("no")) });
    expect(await denied.cignal.copyLink("x")).toMatchObject({
      error: { code: "clipboard-denied" },
    });
    expect(denied.of("clientError")).toHaveLength(1);
  });
});

describe("leaving", () => {
  it("DEFECTS 12: releases devices, connections, socket and timers, and is closed", async () => {
    const { cignal, socket, network, of } = await enter();
    const tracks = cignal.localMedia?.getTracks() as unknown as FakeTrack[];
    expect(await cignal.leaveRoom()).toEqual({ success: true });
    expect(await cignal.leaveRoom()).toEqual({ success: true });
    expect(socket.active).toBe(false);
    expect(tracks.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
    expect(network.connections.every((pc) => pc.signalingState === "closed")).toBe(true);
    expect(cignal).toMatchObject({ closed: true, pc: null, localMedia: null });
    expect(cignal.state.peers).toEqual([]);
    expect(of("peerHangUp")).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
    expect(await cignal.joinRoom()).toMatchObject({ error: { code: "closed" } });
  });

  it("DEFECTS 12: is over once, also for a listener that leaves when it hears of it", async () => {
    const { cignal, socket } = await enter();
    const others: Promise<Outcome>[] = [];
    cignal.on("stateChanged", () => {
      if (others.length < 100) others.push(cignal.leaveRoom());
    });
    const outcomes = await Promise.all([cignal.leaveRoom(), cignal.leaveRoom()]);
    outcomes.push(...(await Promise.all(others)));
    expect(outcomes).toEqual(outcomes.map(() => ({ success: true })));
    expect(others.length).toBeLessThan(10);
    expect(socket.left).toBe(true);
  });

  it("shows the end once, with nobody left", async () => {
    const { cignal } = await enter();
    const ends: unknown[] = [];
    cignal.on("stateChanged", (state) => {
      if (state.signaling === "closed") ends.push(state.peers);
    });
    await cignal.leaveRoom();
    await vi.advanceTimersByTimeAsync(0);
    expect(ends).toEqual([[]]);
  });

  it("releases a camera that is granted only after leaving", async () => {
    let grant = (_: MediaStream) => {};
    const asked = new Promise<MediaStream>((resolve) => {
      grant = resolve;
    });
    const { cignal, of } = await enter({}, { getUserMedia: () => () => asked });
    await cignal.leaveRoom();
    const stream = fakeStream("audio", "video");
    grant(stream);
    await vi.advanceTimersByTimeAsync(0);
    expect(stream.getTracks().every(({ readyState }) => readyState === "ended")).toBe(true);
    expect(of("localStream")).toEqual([]);
  });

  it("is what aborting the signal does, at any moment", async () => {
    const reason = new Error("the component is gone");
    const getUserMedia = vi.fn(async () => fakeStream("audio", "video"));
    const controller = new AbortController();
    const { signal } = controller;
    const { room, socket } = start({ signal }, { getUserMedia: () => getUserMedia });
    controller.abort(reason);
    await expect(room).rejects.toBe(reason);
    expect(socket.active).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    for (const { value } of getUserMedia.mock.results) {
      const stream: MediaStream = await value;
      expect(stream.getTracks().every(({ readyState }) => readyState === "ended")).toBe(true);
    }
    expect(vi.getTimerCount()).toBe(0);

    await expect(start({ signal }).room).rejects.toBe(reason);

    const later = new AbortController();
    const added = vi.spyOn(later.signal, "addEventListener");
    const { cignal } = await enter({ signal: later.signal });
    later.abort();
    expect(cignal.closed).toBe(true);
    expect(cignal.localMedia).toBeNull();
    // By then nothing listens to it any more.
    for (const [, , options] of added.mock.calls) {
      expect(options).toMatchObject({ signal: { aborted: true } });
    }
  });

  it("does not wait for a server that is away", async () => {
    const { cignal, socket } = await enter();
    socket.lose("transport close");
    await cignal.leaveRoom();
    expect(cignal.closed).toBe(true);
  });

  it("L7: a page that goes away says so, and may come back", async () => {
    const { cignal, socket, browser } = await enter();
    browser.page.onHide({ mayReturn: true });
    expect(socket.sent.at(-1)).toEqual(["away", {}]);
    expect(cignal.closed).toBe(false);
  });
});
