import { LIMITS } from "@cignal/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeBrowser, fakeStream } from "../test/fake-browser.js";
import type { FakeTrack } from "../test/fake-peer-connection.js";
import { FakeNetwork } from "../test/fake-peer-connection.js";
import { type FakeSocket, fakeSockets } from "../test/fake-socket.js";
import type { Browser } from "./browser/browser.js";
import { Cignal } from "./cignal.js";
import type { CignalEvents } from "./cignal-events.js";
import type { CignalOptions } from "./options.js";

const envelope = { session: "theirs", number: 1, first: 1, received: 0 };
const bob = { id: "bob", name: "Bob" };
const carol = { id: "carol", name: "Carol", role: "guest" };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(options: CignalOptions = {}, overrides: Partial<Browser> = {}) {
  const network = new FakeNetwork();
  const browser = fakeBrowser({ network, ...overrides });
  const { sockets, openSocket } = fakeSockets();
  const room = Cignal.createRoom({ peerId: "me", ...options }, { browser, openSocket });
  const [socket] = sockets as [FakeSocket];
  return { room, socket, browser, network };
}

async function enter(
  options: CignalOptions = {},
  { peers = [bob], ...overrides }: Partial<Browser> & { peers?: (typeof bob)[] } = {},
) {
  const { room, ...rest } = start(options, overrides);
  rest.socket.arrive();
  rest.socket.welcome({ peers });
  const cignal = await room;
  const heard: [keyof CignalEvents, ...unknown[]][] = [];
  const names = [
    "localStream",
    "peerJoined",
    "peerHangUp",
    "information",
    "clientError",
    "serverError",
  ] as const;
  for (const name of names) {
    cignal.on(name, (...args: unknown[]) => heard.push([name, ...args]));
  }
  await vi.advanceTimersByTimeAsync(0);
  const of = (name: keyof CignalEvents) => heard.filter(([heardName]) => heardName === name);
  return { cignal, heard, of, ...rest };
}

describe("entering a room", () => {
  it("H1: says who it is in the handshake, and nothing that was not given", async () => {
    const { socket } = await enter({ roomId: "r", peerName: "Ann", role: "tutor" });
    expect(JSON.parse(JSON.stringify(socket.handshake))).toEqual({
      protocol: [1],
      roomId: "r",
      peerId: "me",
      peerName: "Ann",
      role: "tutor",
    });
  });

  it.each([undefined, null, "", "  "])(
    "DEFECTS 13: %j as an option means the default",
    async (unset) => {
      const { socket, cignal } = await enter({
        url: unset,
        roomId: unset,
        peerId: unset,
        peerName: unset,
        role: unset,
      });
      expect(Object.keys(JSON.parse(JSON.stringify(socket.handshake)))).toEqual([
        "protocol",
        "roomId",
        "peerId",
      ]);
      expect(cignal.id).toMatch(/^[\w-]{22}$/);
      expect(socket.handshake).toMatchObject({ peerId: expect.stringMatching(/^[\w-]{22}$/) });
    },
  );

  it("tells of everybody who is there, also to a listener that comes later", async () => {
    const { of, cignal } = await enter({}, { peers: [bob, carol] });
    expect(of("peerJoined")).toEqual([
      ["peerJoined", "Bob", { peer: bob }],
      ["peerJoined", "Carol", { peer: carol }],
    ]);
    expect(cignal.data.remotePeerId).toBe("bob");
    expect(cignal.state.peers.map(({ name }) => name)).toEqual(["Bob", "Carol"]);
    expect(of("localStream")).toHaveLength(1);
  });

  it.each([
    ["room-full", "refused"],
    ["peer-id-taken", "refused"],
    ["a-code-of-tomorrow", "refused"],
  ])(
    "DEFECTS 7: rejects with the server's code %s, and releases everything",
    async (code, type) => {
      const stream = fakeStream("audio", "video");
      const { room, socket } = start({}, { getUserMedia: () => async () => stream });
      socket.arrive();
      socket.receive(type, { code, message: "no" });
      await expect(room).rejects.toMatchObject({ name: "CignalError", code, source: "server" });
      expect(socket.connected).toBe(false);
      expect(stream.getTracks().map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("goes on trying a server that cannot be reached, then says so", async () => {
    const { room, socket } = start({ timeoutMs: 2_000 });
    const failure = expect(room).rejects.toMatchObject({
      code: "server-unreachable",
      retryable: true,
      cause: new Error("refused"),
    });
    socket.failToConnect("refused");
    await vi.advanceTimersByTimeAsync(2_000);
    await failure;
    expect(socket.active).toBe(false);
  });

  it("tells a Socket.IO server without Cignal from one that cannot be reached", async () => {
    const { room, socket } = start();
    socket.failToConnect("Invalid namespace", { final: true });
    await expect(room).rejects.toMatchObject({ code: "not-a-cignal-server" });
  });

  it.each(["ftp://example.org", "http://"])("refuses the url %j as misuse", async (url) => {
    const options = { url } as CignalOptions;
    await expect(start(options).room).rejects.toThrow(TypeError);
  });

  it.each([
    ["https://example.org/call?roomId=x", "https://example.org/cignal"],
    ["/elsewhere", "https://example.org/cignal"],
    ["http://localhost:8080", "http://localhost:8080/cignal"],
  ])("connects to the origin of %s", async (url, expected) => {
    const addresses: string[] = [];
    const environment = {
      browser: fakeBrowser(),
      openSocket: ((address, auth) => {
        addresses.push(address.url);
        return fakeSockets().openSocket(address, auth);
      }) as ReturnType<typeof fakeSockets>["openSocket"],
    };
    void Cignal.createRoom({ url }, environment).catch(() => {});
    expect(addresses).toEqual([expected]);
  });
});

describe("the roster", () => {
  it("R2: ignores what is older than what it has seen", async () => {
    const { socket, of } = await enter();
    socket.receive("peer-left", { peerId: "bob", reason: "left", revision: 1 });
    expect(of("peerHangUp")).toHaveLength(0);
    socket.receive("peer-left", { peerId: "bob", reason: "left", revision: 2 });
    socket.receive("peer-left", { peerId: "bob", reason: "timeout", revision: 3 });
    expect(of("peerHangUp")).toEqual([["peerHangUp", { reason: "left" }, { peer: bob }]]);
  });

  it("W3: ignores a message that is unknown or wrong", async () => {
    const { socket, of, cignal } = await enter();
    const before = cignal.state;
    for (const payload of [undefined, null, 7, [], {}, { peer: {} }, { revision: "9" }]) {
      for (const type of [
        "peer-joined",
        "peer-left",
        "signal",
        "toString",
        "welcome",
        "nonsense",
      ]) {
        socket.receive(type, payload);
      }
    }
    expect(cignal.state).toBe(before);
    expect(of("serverError")).toHaveLength(0);
  });

  it("S1: a signal from somebody who is not in the room does nothing", async () => {
    const { socket, network } = await enter({}, { peers: [] });
    const message = {
      type: "description",
      connection: "c",
      description: { type: "offer", sdp: "{}" },
    };
    socket.receive("signal", { from: "stranger", envelope: { ...envelope, message } });
    await vi.advanceTimersByTimeAsync(50);
    expect(network.connections).toHaveLength(0);
  });
});

describe("when the socket is lost", () => {
  it("L3, L4: comes back with the resume token; the call's connection is not touched", async () => {
    const { socket, cignal, network, of } = await enter();
    const connections = [...network.connections];
    socket.lose("transport close");
    expect(cignal.state.signaling).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(150);
    expect(socket.attempts).toBe(2);
    socket.arrive();
    expect(socket.handshake).toMatchObject({ resumeToken: "token-1" });
    socket.welcome({ peers: [bob], revision: 1, resumed: true });
    expect(cignal.state.signaling).toBe("joined");
    expect(network.connections).toEqual(connections);
    expect(of("peerHangUp")).toHaveLength(0);
    expect(of("peerJoined")).toHaveLength(1);
  });

  it("tells once of those who left meanwhile, and of those who came", async () => {
    const { socket, of } = await enter();
    socket.lose("transport close");
    socket.arrive();
    socket.welcome({ peers: [carol], revision: 5, resumed: true });
    expect(of("peerHangUp")).toEqual([["peerHangUp", { reason: "timeout" }, { peer: bob }]]);
    expect(of("peerJoined")).toHaveLength(2);
  });

  it("a server that has forgotten everybody ends nothing: the others come back as we do", async () => {
    const { socket, of, network, cignal } = await enter({}, { peers: [bob, carol] });
    const connections = [...network.connections];
    socket.lose("transport close");
    socket.arrive();
    socket.welcome({ peers: [], revision: 7, resumed: false });
    await vi.advanceTimersByTimeAsync(20_000);
    socket.receive("peer-joined", { peer: bob, revision: 8 });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(of("peerJoined")).toHaveLength(2);
    expect(of("peerHangUp")).toEqual([["peerHangUp", { reason: "timeout" }, { peer: carol }]]);
    expect(cignal.state.peers.map(({ id }) => id)).toEqual(["bob"]);
    expect(network.connections[0]).toBe(connections[0]);
    expect(connections[0]?.signalingState).not.toBe("closed");
  });

  it("D7: begins anew with somebody who has forgotten us meanwhile", async () => {
    const { socket, of, network } = await enter();
    const [mine] = socket.envelopes();
    socket.receive("signal", { from: "bob", envelope: { ...envelope, recipient: mine?.session } });
    socket.lose("transport close");
    socket.arrive();
    socket.welcome({ peers: [bob], revision: 7, resumed: false });
    const introduction = { session: "theirs-anew", number: 0, first: 1, received: 0 };
    socket.receive("signal", { from: "bob", envelope: introduction });
    expect(network.connections.map(({ signalingState }) => signalingState)).toEqual(["closed"]);
    expect(of("peerHangUp")).toHaveLength(0);
    expect(of("peerJoined")).toHaveLength(1);
  });

  it("D4: keeps what is said meanwhile and says it in order", async () => {
    const { socket, cignal } = await enter();
    socket.lose("transport close");
    socket.sent.length = 0;
    const informs = [cignal.inform(1), cignal.inform(2)];
    await vi.advanceTimersByTimeAsync(150);
    socket.arrive();
    expect(socket.envelopes()).toEqual([]);
    socket.welcome({ peers: [bob], resumed: true });
    expect(await Promise.all(informs)).toEqual([{ success: true }, { success: true }]);
    expect(socket.informations()).toEqual([
      ["bob", 1],
      ["bob", 2],
    ]);
  });

  it.each(["io server disconnect", "transport close", "ping timeout"])(
    "comes back by itself, sooner at first: %s",
    async (reason) => {
      const { socket } = await enter();
      socket.lose(reason);
      const times: number[] = [];
      const begin = Date.now();
      for (let attempt = 2; attempt < 9; attempt++) {
        while (socket.attempts < attempt) await vi.advanceTimersByTimeAsync(10);
        times.push(Date.now() - begin);
        socket.failToConnect("refused");
      }
      expect(times[0]).toBeLessThan(200);
      expect(times[4]).toBeLessThan(5_000);
      expect((times[6] ?? 0) - (times[5] ?? 0)).toBeLessThan(4_000);
    },
  );

  it("K2: comes back without a timer when the server has put a silent socket out", async () => {
    const { socket } = await enter();
    await vi.advanceTimersByTimeAsync(11_000);
    socket.lose("io server disconnect");
    expect(socket.attempts).toBe(2);
  });

  it("comes back at once when the network does", async () => {
    const { socket, browser } = await enter();
    socket.lose("transport close");
    for (let i = 0; i < 6; i++) {
      await vi.advanceTimersByTimeAsync(4_000);
      socket.failToConnect("refused");
    }
    const { attempts } = socket;
    browser.page.onDoubt("network-change");
    expect(socket.attempts).toBe(attempts + 1);
  });

  it("K1: asks whether the server is there, and comes back if it does not answer", async () => {
    const { socket, cignal } = await enter();
    await vi.advanceTimersByTimeAsync(30_100);
    expect(socket.sent.filter(([type]) => type === "beat")).toHaveLength(3);
    socket.answer = () => "no answer";
    await vi.advanceTimersByTimeAsync(10_000);
    expect(cignal.state.signaling).toBe("joined");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(cignal.state.signaling).toBe("reconnecting");
    expect(socket.left).toBe(false);
  });

  it("K1: asks at once when the page may have slept or changed its network, and waits less", async () => {
    const { socket, cignal, browser } = await enter();
    socket.answer = () => "no answer";
    browser.page.onDoubt("wake-up");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(cignal.state.signaling).toBe("reconnecting");
  });

  it("L5: says something after each resume, so that the old token is void", async () => {
    const { socket } = await enter({}, { peers: [] });
    socket.lose("transport close");
    socket.arrive();
    socket.sent.length = 0;
    socket.welcome({ peers: [], resumed: true, resumeToken: "token-2" });
    expect(socket.sent).toEqual([["beat", {}]]);
    socket.lose("transport close");
    socket.arrive();
    expect(socket.handshake).toMatchObject({ resumeToken: "token-2" });
  });

  it("gives up a handshake that is not answered, and tries again", async () => {
    const { socket } = await enter({ timeoutMs: 3_000 });
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(150);
    socket.arrive();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(socket.attempts).toBe(3);
  });

  it("L6: ends for good when the server ends the membership", async () => {
    const { socket, cignal, of } = await enter();
    socket.receive("closed", { code: "room-closed", message: "the room was closed" });
    expect(cignal.closed).toBe(true);
    expect(cignal.localMedia).toBeNull();
    expect(of("serverError")).toHaveLength(1);
    expect(of("peerHangUp")).toEqual([["peerHangUp", { reason: "closed" }, { peer: bob }]]);
    expect(vi.getTimerCount()).toBe(0);
  });
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
