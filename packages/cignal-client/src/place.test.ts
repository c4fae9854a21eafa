import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, carol, enter, start } from "../test/enter-room.js";
import type { Cignal } from "./cignal.js";
import type { CignalEvents } from "./cignal-events.js";
// Loaded on demand; for the first time it would take a while, of the real clock.
import "./media/device-keeper.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tick = () => vi.advanceTimersByTimeAsync(0);
const room = { locked: false, hasPassword: false };
const allOn = { microphone: "on", camera: "on", screen: "off" } as const;

/** What is told from now on, in order. */
function listen(cignal: Cignal, ...names: (keyof CignalEvents)[]) {
  const heard: unknown[][] = [];
  for (const name of names) cignal.on(name, (...args: unknown[]) => heard.push([name, ...args]));
  return heard;
}

/** A page that waits, and the devices that it has asked for. */
async function waitFor(reason: "knock" | "host", options = {}) {
  const onWaiting = vi.fn();
  const getUserMedia = vi.fn(async () => new MediaStreamOfNobody() as never);
  const begun = start({ onWaiting, ...options }, { getUserMedia: () => getUserMedia });
  begun.socket.arrive();
  begun.socket.receive("waiting", { reason });
  await vi.dynamicImportSettled();
  await tick();
  return { ...begun, onWaiting, getUserMedia };
}

class MediaStreamOfNobody {
  getTracks = () => [];
  getAudioTracks = () => [];
  getVideoTracks = () => [];
}

describe("waiting to be let in", () => {
  it("O4, O5: lasts as long as it lasts, and then is a stay like any other", async () => {
    for (const reason of ["knock", "host"] as const) {
      const { room, socket, onWaiting } = await waitFor(reason, { timeoutMs: 1_000 });
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(onWaiting.mock.calls).toEqual([[{ reason }]]);
      socket.welcome({ peers: [bob] });
      const cignal = await room;
      expect(cignal.state).toMatchObject({ signaling: "joined", peers: [{ id: "bob" }] });
      await cignal.leaveRoom();
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it("asks for no device before", async () => {
    const knocks = start({ knock: true });
    knocks.room.catch(() => {});
    const { room, socket, getUserMedia } = await waitFor("knock", { knock: true });
    expect(socket.handshake).toMatchObject({
      knock: true,
      media: { microphone: "off", camera: "off", screen: "off" },
    });
    expect(getUserMedia).not.toHaveBeenCalled();
    socket.welcome();
    await (await room).leaveRoom();
    expect(getUserMedia).toHaveBeenCalled();
  });

  it("K2, O4: goes on over another socket when one is lost, and keeps the server's clock going", async () => {
    const { room, socket, onWaiting } = await waitFor("knock", { knock: true, password: "p" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.sent).toContainEqual(["beat", {}]);
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(200);
    expect(socket.attempts).toBe(2);
    socket.arrive();
    expect(socket.handshake).toMatchObject({ knock: true, password: "p" });
    socket.receive("waiting", { reason: "knock" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(onWaiting).toHaveBeenCalledTimes(2);
    socket.receive("refused", { code: "turned-away", message: "No." });
    await expect(room).rejects.toMatchObject({ code: "turned-away", source: "server" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends when the page wants it no more", async () => {
    const controller = new AbortController();
    const { room, socket } = await waitFor("host", { signal: controller.signal });
    const reason = new Error("went home");
    controller.abort(reason);
    await expect(room).rejects.toBe(reason);
    expect(socket.left).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it.each(["room-locked", "password-required", "wrong-password", "room-exists", "no-such-room"])(
  "H4: who is refused with %s is told so",
  async (code) => {
    const begun = start({ enter: "join", password: "wrong", details: { seat: 3 } });
    begun.socket.arrive();
    expect(begun.socket.handshake).toMatchObject({
      enter: "join",
      password: "wrong",
      details: { seat: 3 },
    });
    begun.socket.receive("refused", { code, message: "No." });
    await expect(begun.room).rejects.toMatchObject({ code, retryable: false, source: "server" });
  },
);

it.each([
  [{ enter: "close" }, "enter: expected one of open, join"],
  [{ onWaiting: "call me" }, "onWaiting: expected a function"],
  [{ details: "seat 3" }, "details: expected an object"],
  [{ knock: 1 }, "knock: expected true or false"],
])("refuses %j as misuse", async (options, message) => {
  await expect(start(options as never).room).rejects.toThrow(message);
});

it("L4: a member that comes back asks for the same room, and knocks if it is locked by then", async () => {
  const { cignal, socket } = await enter({ enter: "open", password: "p", details: { seat: 3 } });
  await cignal.update({ name: "Ann", details: null });
  socket.lose("transport close");
  await vi.advanceTimersByTimeAsync(200);
  socket.arrive();
  const { enter: how, ...handshake } = JSON.parse(JSON.stringify(socket.handshake));
  expect(how).toBeUndefined();
  expect(handshake).toMatchObject({ knock: true, password: "p", peerName: "Ann" });
  expect(handshake.details).toBeUndefined();
  socket.receive("waiting", { reason: "knock" });
  expect(cignal.state).toMatchObject({ signaling: "waiting", peers: [{ id: "bob" }] });
  expect(cignal.closed).toBe(false);
  socket.welcome({ peers: [bob], revision: 1 });
  expect(cignal.state.signaling).toBe("joined");
});

describe("the door", () => {
  it("O3, O7, R2: is told as it is, and nothing that is older", async () => {
    const { cignal, socket } = await enter();
    const heard = listen(cignal, "roomUpdated");
    expect(cignal.state.room).toEqual(room);
    socket.receive("room-updated", { room: { ...room, locked: true }, revision: 3 });
    socket.receive("room-updated", { room, revision: 2 });
    expect(cignal.state.room).toEqual({ locked: true, hasPassword: false });
    expect(heard).toEqual([["roomUpdated", { locked: true, hasPassword: false }]]);
  });

  it("O4: tells a host once of each who knocks, also over a lost socket", async () => {
    const { cignal, socket } = await enter();
    const heard = listen(cignal, "knocking", "knockEnded");
    socket.receive("knocking", { peer: carol });
    socket.receive("knocking", { peer: carol });
    expect(cignal.state.waiting).toEqual([carol]);
    const dan = { id: "dan", name: "Dan" };
    socket.lose("transport close");
    socket.arrive();
    socket.welcome({ peers: [bob], resumed: true, room, waiting: [dan] });
    socket.receive("knock-ended", { peerId: "dan" });
    socket.receive("knock-ended", { peerId: "dan" });
    expect(cignal.state.waiting).toEqual([]);
    expect(heard).toEqual([
      ["knocking", "Carol", { peer: carol }],
      ["knockEnded", "Carol", { peer: carol }],
      ["knocking", "Dan", { peer: dan }],
      ["knockEnded", "Dan", { peer: dan }],
    ]);
  });

  it("O1, O4: is another's from the moment at which one is host no longer", async () => {
    const { cignal, socket } = await enter();
    const me = { id: "me", name: "Me" };
    socket.receive("peer-updated", { peer: { ...me, host: true }, revision: 2 });
    expect(cignal.state.me.host).toBe(true);
    socket.receive("knocking", { peer: carol });
    socket.receive("peer-updated", { peer: me, revision: 3 });
    expect(cignal.state).toMatchObject({ me, waiting: [] });
    expect(cignal.state.me.host).toBeUndefined();
  });
});

describe("what is asked of a room", () => {
  it("O3 to O8: travels as a request, whose answer is the outcome", async () => {
    const { cignal, socket } = await enter();
    const controls = cignal.room;
    const asked = [
      [controls.lock(), "set-lock", { locked: true }],
      [controls.unlock(), "set-lock", { locked: false }],
      [controls.setPassword("p"), "set-password", { password: "p" }],
      [controls.setPassword(null), "set-password", { password: null }],
      [controls.admit("carol"), "admit", { peerId: "carol" }],
      [controls.turnAway("carol"), "turn-away", { peerId: "carol" }],
      [controls.remove("bob"), "remove", { peerId: "bob" }],
      [controls.makeHost("bob"), "transfer-host", { peerId: "bob" }],
      [cignal.update({ name: "Ann" }), "update", { name: "Ann" }],
    ] as const;
    for (const [outcome, type, payload] of asked) {
      expect(socket.sent).toContainEqual([type, payload]);
      expect(await outcome).toEqual({ success: true });
    }
    expect(cignal.state.me.name).toBe("Ann");
    expect(cignal.data.myDisplayName).toBe("Ann");
    socket.answer = () => ({ error: { code: "forbidden", message: "Only hosts may." } });
    expect(await controls.lock()).toMatchObject({ error: { code: "forbidden" } });
    expect(await cignal.update({ name: "Bea" })).toMatchObject({ error: { code: "forbidden" } });
    expect(cignal.state.me.name).toBe("Ann");
  });

  it("O6: ends for everybody, without an error for who wanted it", async () => {
    const { cignal, socket, of } = await enter();
    expect(await cignal.room.endForAll()).toEqual({ success: true });
    socket.receive("closed", { code: "room-ended", message: "Over." });
    expect(cignal.closed).toBe(true);
    expect(of("serverError")).toEqual([]);
  });

  it("O9: refuses details that cannot travel", async () => {
    const { cignal } = await enter();
    const details = { text: "x".repeat(5_000) };
    expect(await cignal.update({ details })).toMatchObject({
      error: { code: "bad-argument", field: "details" },
    });
  });
});

it.each(["removed", "room-ended"])(
  "O6: who is told %s is out, and captures nothing",
  async (code) => {
    const { cignal, socket, of } = await enter();
    await vi.advanceTimersByTimeAsync(10);
    const tracks = cignal.localMedia?.getTracks() ?? [];
    expect(tracks).toHaveLength(2);
    socket.receive("closed", { code, message: "Out." });
    expect(cignal.closed).toBe(true);
    expect(of("serverError")).toMatchObject([["serverError", { reason: { code } }]]);
    expect(of("peerHangUp")).toEqual([["peerHangUp", { reason: "closed" }, { peer: bob }]]);
    expect(tracks.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.attempts).toBe(1);
  },
);

it("R6: what is known of somebody is told when it changes, also while we were away", async () => {
  const { cignal, socket } = await enter();
  const heard = listen(cignal, "peerUpdated");
  const bea = { ...bob, name: "Bea", host: true, details: { seat: 3 }, media: allOn };
  socket.receive("peer-updated", { peer: bea, revision: 2 });
  expect(cignal.state.peers).toMatchObject([{ ...bea, microphone: "off" }]);
  socket.lose("transport close");
  socket.arrive();
  socket.welcome({ peers: [bob], revision: 5, resumed: true });
  expect(heard.map(([, name]) => name)).toEqual(["Bea", "Bob"]);
  expect(cignal.state.peers[0]).not.toHaveProperty("host");
});

describe("own devices", () => {
  const updates = (socket: { sent: [string, unknown][] }) =>
    socket.sent.filter(([type]) => type === "update").map(([, payload]) => payload);

  /** A page whose server knows of media. */
  async function told(options = {}) {
    const { room: entering, socket } = start(options);
    socket.arrive();
    socket.welcome({ you: { id: "me", name: "Me", media: allOn }, peers: [bob], room });
    const cignal = await entering;
    await vi.advanceTimersByTimeAsync(1_000);
    return { cignal, socket };
  }

  it("O9: are told by the handshake alone if they become what it said", async () => {
    const { socket, cignal } = await told();
    expect(socket.handshake).toMatchObject({ media: allOn });
    expect(cignal.state.camera).toBe("live");
    expect(updates(socket)).toEqual([]);
  });

  it("O9: are told when they change, what happens within 250 ms at once", async () => {
    const { cignal, socket } = await told();
    cignal.microphone.mute();
    cignal.camera.stop();
    cignal.microphone.unmute();
    cignal.microphone.mute();
    await vi.advanceTimersByTimeAsync(300);
    expect(updates(socket)).toEqual([{ media: { ...allOn, microphone: "muted", camera: "off" } }]);
    expect(cignal.state.me.media).toMatchObject({ microphone: "muted" });
    cignal.microphone.unmute();
    cignal.microphone.mute();
    await vi.advanceTimersByTimeAsync(300);
    expect(updates(socket)).toHaveLength(1);
  });

  it("are not told again to a server that refuses it", async () => {
    const { cignal, socket } = await told();
    socket.answer = () => ({ error: { code: "forbidden", message: "No." } });
    cignal.microphone.mute();
    await vi.advanceTimersByTimeAsync(1_000);
    await cignal.inform("anything");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(updates(socket)).toHaveLength(1);
  });
});

describe("an inspector", () => {
  const inspector = { id: "me", name: "Me", inspector: true };

  it("O11: that says so beforehand asks for no device; another one releases what it has", async () => {
    for (const role of ["inspector", undefined]) {
      const getUserMedia = vi.fn(async () => new MediaStreamOfNobody() as never);
      const { room, socket } = start({ role }, { getUserMedia: () => getUserMedia });
      socket.arrive();
      await vi.dynamicImportSettled();
      socket.welcome({ you: inspector, peers: [bob] });
      const cignal = await room;
      await vi.advanceTimersByTimeAsync(100);
      expect(getUserMedia).toHaveBeenCalledTimes(role ? 0 : 1);
      expect(cignal.state).toMatchObject({ microphone: "off", camera: "off" });
      await cignal.leaveRoom();
    }
  });

  it("O11: takes part in nothing", async () => {
    const { room, socket } = start({ role: "inspector" });
    socket.arrive();
    socket.welcome({ you: inspector, peers: [bob] });
    const cignal = await room;
    const refused = { error: { code: "forbidden", source: "client" } };
    expect(await cignal.joinRoom()).toMatchObject(refused);
    expect(await cignal.inform("hi")).toMatchObject(refused);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(socket.envelopes().filter(({ message }) => message)).toEqual([]);
    await cignal.leaveRoom();
  });

  it("is no one to call", async () => {
    const { cignal } = await enter({}, { peers: [{ ...bob, inspector: true } as typeof bob] });
    expect(await cignal.joinRoom()).toMatchObject({ error: { code: "nobody-here" } });
  });
});
