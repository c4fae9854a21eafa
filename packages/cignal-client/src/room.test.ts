import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, carol, enter, envelope } from "../test/enter-room.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
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

  it("DEFECTS 12: a request that was under way when the socket was lost still ends in time, and is not sent later", async () => {
    const { socket, cignal } = await enter({ timeoutMs: 3_000 });
    socket.answer = () => "no answer";
    const outcome = cignal.setICEServers([]);
    await vi.advanceTimersByTimeAsync(1_000);
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await outcome).toMatchObject({ success: false, error: { code: "timeout" } });
    await vi.advanceTimersByTimeAsync(5_000);
    socket.sent.length = 0;
    socket.arrive();
    socket.welcome({ peers: [bob], resumed: true });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.sent.filter(([type]) => type === "set-ice-servers")).toEqual([]);
  });

  it("D4: a server that is too busy for what is sent again anyway is nobody's error", async () => {
    const { socket, of } = await enter();
    socket.receive("error", { code: "rate-limited", message: "Slow down.", retryAfterMs: 100 });
    expect(of("serverError")).toEqual([]);
  });

  it("L6: comes back to a server that is being replaced, and ends nothing", async () => {
    const { socket, cignal, of } = await enter();
    await vi.advanceTimersByTimeAsync(11_000);
    const message = "The server is closing.";
    socket.receive("closed", { code: "server-closing", message, retryAfterMs: 0 });
    socket.lose("io server disconnect");
    expect(socket.attempts).toBe(2);
    socket.arrive();
    socket.receive("refused", { code: "server-closing", message, retryAfterMs: 1_000 });
    socket.lose("io server disconnect");
    await vi.advanceTimersByTimeAsync(999);
    expect(socket.attempts).toBe(2);
    await vi.advanceTimersByTimeAsync(251);
    expect(socket.attempts).toBe(3);
    socket.arrive();
    socket.welcome({ peers: [bob], resumed: false });
    expect(cignal.state).toMatchObject({ signaling: "joined", peers: [{ id: "bob" }] });
    expect(of("serverError")).toEqual([]);
    expect(of("peerHangUp")).toEqual([]);
  });

  it("L6: goes on with its calls and waits as long as it is told when the server is too busy", async () => {
    const { socket, cignal, of } = await enter();
    await vi.advanceTimersByTimeAsync(11_000);
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(500);
    const { attempts } = socket;
    socket.arrive();
    socket.receive("refused", { code: "rate-limited", message: "Wait.", retryAfterMs: 8_000 });
    socket.lose("io server disconnect");
    await vi.advanceTimersByTimeAsync(7_900);
    expect(socket.attempts).toBe(attempts);
    await vi.advanceTimersByTimeAsync(2_200);
    expect(socket.attempts).toBe(attempts + 1);
    socket.arrive();
    socket.welcome({ peers: [bob], resumed: true });
    expect(cignal.state).toMatchObject({ signaling: "joined", peers: [{ id: "bob" }] });
    expect(of("serverError")).toEqual([]);
    expect(of("peerHangUp")).toEqual([]);
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
