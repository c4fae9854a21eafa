import { describe, expect, it } from "vitest";
import { join, joinPair } from "./client.js";
import { startServer } from "./server.js";

const offer = (sdp: string) => ({
  type: "description",
  connection: "c1",
  description: { type: "offer", sdp },
});

describe("signals", () => {
  it("S1: reach the addressed member alone, from whom the server knows", async () => {
    const { url } = await startServer({ capacity: 3 });
    const { a, b } = await joinPair(url);
    const { client: c } = await join(url, "room", "c");
    a.send("signal", { to: "b", from: "c", message: offer("sdp") });
    expect(await b.next("signal")).toEqual({ from: "a", message: offer("sdp") });
    await a.heard();
    expect(await c.heard()).toEqual([]);
    expect(await a.heard()).toEqual(["peer-joined"]);
  });

  it("S1, DEFECTS 3: candidates travel both ways, from the callee too", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    const message = {
      type: "candidates",
      connection: "c1",
      candidates: [{ candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host", sdpMid: "0" }],
    };
    a.send("signal", { to: "b", message });
    b.send("signal", { to: "a", message });
    expect(await b.next("signal")).toEqual({ from: "a", message });
    expect(await a.next("signal")).toEqual({ from: "b", message });
  });

  it("S2: never leave the room", async () => {
    const { url } = await startServer();
    const { a } = await joinPair(url, "one");
    const { client: other } = await join(url, "two", "c");
    for (const to of ["c", "two:c", "two", "two c", other.socket.id]) {
      const answer = await a.request("signal", { to, message: offer("sdp") });
      expect(answer.error).toMatchObject({ code: "no-such-peer", field: "to" });
    }
    expect((await a.request("signal", { to: "two\u0000c", message: offer("") })).error?.code).toBe(
      "bad-message",
    );
    expect(await other.heard()).toEqual([]);
  });

  it("S2: an unknown address is answered with an error", async () => {
    const { url } = await startServer();
    const { client } = await join(url, "r", "a");
    client.send("signal", { to: "nobody", message: offer("sdp") });
    expect((await client.next("error")).code).toBe("no-such-peer");
  });

  it("S2: keep their order", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    for (let i = 0; i < 100; i++) a.send("signal", { to: "b", message: offer(String(i)) });
    for (let i = 0; i < 100; i++)
      expect((await b.next("signal")).message).toEqual(offer(String(i)));
  });
});

describe("inform", () => {
  it("I1: reaches all others, or the one that it is addressed to", async () => {
    const { url } = await startServer({ capacity: 3 });
    const { a, b } = await joinPair(url);
    const { client: c } = await join(url, "room", "c");
    const { client: stranger } = await join(url, "another", "b");
    expect(await a.request("inform", { data: { text: "<b>hi</b>" } })).toEqual({});
    for (const each of [b, c]) {
      expect(await each.next("information")).toEqual({ from: "a", data: { text: "<b>hi</b>" } });
    }
    expect(await a.request("inform", { to: "b", data: null })).toEqual({});
    expect(await b.next("information")).toEqual({ from: "a", data: null });
    expect(await c.heard()).toEqual([]);
    expect(await stranger.heard()).toEqual([]);
    expect(await a.heard()).not.toContain("information");
  });

  it("I2: an unknown address is refused", async () => {
    const { url } = await startServer();
    const { a } = await joinPair(url);
    const answer = await a.request("inform", { to: "c", data: 1 });
    expect(answer.error?.code).toBe("no-such-peer");
  });
});

describe("ICE servers", () => {
  const turn = [{ urls: ["turn:t.example:3478"], username: "u", credential: "hunter2" }];

  it("C2, DEFECTS 2: a client's list is its own room's alone", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url, "one");
    const { client: other } = await join(url, "two", "a");
    expect(await a.request("set-ice-servers", { iceServers: turn })).toEqual({});
    for (const member of [a, b]) {
      expect(await member.next("ice-servers")).toEqual({ iceServers: turn });
    }
    expect(await other.heard()).toEqual([]);
    expect((await join(url, "three", "a")).welcome.iceServers).not.toEqual(turn);
  });

  it("C2, DEFECTS 3: whoever joins later has the list, and so has the callee", async () => {
    const { url } = await startServer();
    const { client: a } = await join(url, "r", "a");
    await a.request("set-ice-servers", { iceServers: turn });
    expect((await join(url, "r", "b")).welcome.iceServers).toEqual(turn);
  });

  it("C1: a wrong list is refused and changes nothing", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    const answer = await a.request("set-ice-servers", { iceServers: [{ urls: "http://a" }] });
    expect(answer.error).toMatchObject({ code: "bad-message", field: "iceServers.0.urls" });
    expect(await b.heard()).toEqual([]);
  });

  it("C2: the server sets one room's list, or everybody's who has none", async () => {
    const { url, cignal } = await startServer();
    const { a } = await joinPair(url, "one");
    const { a: other } = await joinPair(url, "two");
    expect(await cignal.setICEServers(turn, { roomId: "one" })).toBe(true);
    expect(await a.next("ice-servers")).toEqual({ iceServers: turn });
    expect(await cignal.setICEServers(turn, { roomId: "nowhere" })).toBe(false);
    const stun = [{ urls: "stun:stun.example.org" }];
    expect(await cignal.setICEServers(stun)).toBe(true);
    expect(await other.next("ice-servers")).toEqual({ iceServers: stun });
    expect(await a.heard()).toEqual([]);
    expect((await join(url, "three", "a")).welcome.iceServers).toEqual(stun);
    await expect(cignal.setICEServers([{ urls: "http://a" }])).rejects.toThrow("0.urls");
  });
});

describe("errors and limits", () => {
  it("E3: a wrong message is answered by its acknowledgement, or else by an error", async () => {
    const { url } = await startServer();
    const { client } = await join(url, "r", "a");
    expect((await client.request("inform", {})).error).toMatchObject({
      code: "bad-message",
      field: "data",
    });
    client.send("inform", {});
    expect(await client.next("error")).toMatchObject({ code: "bad-message", field: "data" });
    expect(client.socket.connected).toBe(true);
  });

  it("E2, DEFECTS 9: an unknown message is named as such", async () => {
    const { url } = await startServer();
    const { client } = await join(url, "r", "a");
    for (const type of ["nonsense", "constructor", "error", "message"]) {
      client.send(type, {});
      expect((await client.next("error")).code).toBe("unknown-message");
    }
  });

  it("E2, DEFECTS 1: what is no object, or no JSON, or has no acknowledgement, harms nobody", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    for (const payload of [null, "not JSON", 7, true, [], Buffer.from("x"), undefined]) {
      for (const type of ["signal", "inform", "set-ice-servers"]) {
        a.send(type, payload);
        expect((await a.next("error")).code).toBe("bad-message");
      }
    }
    a.socket.emit("inform");
    expect((await a.next("error")).code).toBe("bad-message");
    expect(await b.heard()).toEqual([]);
  });

  it("M1: what is too long is refused with too-large", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    const long = "x".repeat(65_537);
    expect((await a.request("inform", { data: long })).error?.code).toBe("too-large");
    const answer = await a.request("signal", { to: "b", message: offer(long) });
    expect(answer.error?.code).toBe("too-large");
    expect(await b.heard()).toEqual([]);
  });

  it("M3, DEFECTS 4: a flood is throttled, and others are not", async () => {
    const { url } = await startServer({ limits: { messagesPerSecond: 1, burst: 10 } });
    const { a, b } = await joinPair(url);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => a.request("inform", { data: 1 })),
    );
    const refused = answers.flatMap(({ error }) => (error ? [error] : []));
    expect(refused.length).toBeGreaterThanOrEqual(38);
    expect(refused.length).toBeLessThanOrEqual(40);
    expect(refused[0]).toMatchObject({ code: "rate-limited", retryAfterMs: expect.any(Number) });
    expect(await b.request("inform", { data: 1 })).toEqual({});
    await a.next("information");
  });
});
