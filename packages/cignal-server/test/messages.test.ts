import { describe, expect, it } from "vitest";
import { join, joinPair } from "./client.js";
import { candidates, envelope, inform, offer } from "./envelopes.js";
import { startServer } from "./server.js";

describe("signals", () => {
  it("S1: reach the addressed member alone, from whom the server knows", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a, b } = await joinPair(url);
    const { client: c } = await join(url, "room", "c");
    const sent = envelope(offer("sdp"), { recipient: "session-of-b", received: 7 });
    a.send("signal", { to: "b", from: "c", envelope: { ...sent, from: "c" } });
    expect(await b.next("signal")).toEqual({ from: "a", envelope: sent });
    await a.heard();
    expect(await c.heard()).toEqual([]);
    expect(await a.heard()).toEqual(["peer-joined"]);
  });

  it("S1, DEFECTS 3: candidates travel both ways, from the callee too", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    const sent = envelope(candidates("candidate:1 1 udp 1 192.0.2.1 9 typ host"));
    a.send("signal", { to: "b", envelope: sent });
    b.send("signal", { to: "a", envelope: sent });
    expect(await b.next("signal")).toEqual({ from: "a", envelope: sent });
    expect(await a.next("signal")).toEqual({ from: "b", envelope: sent });
  });

  it("S1, W2: may carry an acknowledgement, and an envelope may have no message", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    expect(await a.request("signal", { to: "b", envelope: envelope() })).toEqual({});
    expect(await b.next("signal")).toEqual({ from: "a", envelope: envelope() });
  });

  it("S2: never leave the room", async () => {
    const { url } = await startServer();
    const { a } = await joinPair(url, "one");
    const { client: other } = await join(url, "two", "c");
    for (const to of ["a", "c", "two:c", "two", "two c", other.socket.id]) {
      const answer = await a.request("signal", { to, envelope: envelope(offer("sdp")) });
      expect(answer.error).toMatchObject({ code: "no-such-peer", field: "to" });
    }
    const forged = { to: "two\u0000c", envelope: envelope() };
    expect((await a.request("signal", forged)).error?.code).toBe("bad-message");
    expect(await other.heard()).toEqual([]);
  });

  it("S2: an unknown address is answered with an error", async () => {
    const { url } = await startServer();
    const { client } = await join(url, "r", "a");
    client.send("signal", { to: "nobody", envelope: envelope(offer("sdp")) });
    expect((await client.next("error")).code).toBe("no-such-peer");
  });

  it("I1: information reaches whom it is addressed to, whatever JSON it is", async () => {
    const { url } = await startServer({ maxPeers: 3 });
    const { a, b } = await joinPair(url);
    const { client: c } = await join(url, "room", "c");
    const { client: stranger } = await join(url, "another", "b");
    for (const data of [{ text: "<b>hi</b>" }, null, [[1.5, "two"]], ""]) {
      expect(await a.request("signal", inform("b", data))).toEqual({});
      expect((await b.next("signal")).envelope.message).toEqual({ type: "information", data });
    }
    expect(await c.heard()).toEqual([]);
    expect(await stranger.heard()).toEqual([]);
  });
});

describe("beats", () => {
  it("K1: are answered", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    expect(await a.request("beat", {})).toEqual({});
    expect(await b.heard()).toEqual([]);
  });

  it("M3: count as messages", async () => {
    const { url } = await startServer({ limits: { messagesPerSecond: 1, burst: 10 } });
    const { a } = await joinPair(url);
    const answers = await Promise.all(Array.from({ length: 12 }, () => a.request("beat", {})));
    expect(answers.at(-1)?.error?.code).toBe("rate-limited");
  });
});

describe("errors and limits", () => {
  it("E3: a wrong message is answered by its acknowledgement, or else by an error", async () => {
    const { url } = await startServer();
    const { client } = await join(url, "r", "a");
    const wrong = { code: "bad-message", field: "to" };
    expect((await client.request("signal", {})).error).toMatchObject(wrong);
    client.send("signal", {});
    expect(await client.next("error")).toMatchObject(wrong);
    expect(client.socket.connected).toBe(true);
  });

  it("E2, DEFECTS 9: an unknown message is named as such", async () => {
    const { url } = await startServer();
    const { client } = await join(url, "r", "a");
    for (const type of ["nonsense", "inform", "constructor", "error", "message"]) {
      client.send(type, {});
      expect((await client.next("error")).code).toBe("unknown-message");
    }
  });

  it("E2, DEFECTS 1: what is no object, or no JSON, or has no acknowledgement, harms nobody", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    for (const payload of [null, "not JSON", 7, true, [], Buffer.from("x"), undefined]) {
      for (const type of ["signal", "set-ice-servers"]) {
        a.send(type, payload);
        expect((await a.next("error")).code).toBe("bad-message");
      }
    }
    a.socket.emit("signal");
    expect((await a.next("error")).code).toBe("bad-message");
    expect(await b.heard()).toEqual([]);
  });

  it("M1: what is too long is refused with too-large", async () => {
    const { url } = await startServer();
    const { a, b } = await joinPair(url);
    const long = "x".repeat(65_537);
    for (const message of [
      { type: "information", data: long },
      offer(long),
      candidates("x".repeat(1_025)),
      candidates(...Array(65).fill("")),
    ]) {
      const answer = await a.request("signal", { to: "b", envelope: envelope(message) });
      expect(answer.error?.code).toBe("too-large");
    }
    for (const more of [{ session: "x".repeat(65) }, { recipient: "x".repeat(65) }]) {
      const answer = await a.request("signal", { to: "b", envelope: envelope(undefined, more) });
      expect(answer.error).toMatchObject({
        code: "too-large",
        field: `envelope.${Object.keys(more)}`,
      });
    }
    expect(await b.heard()).toEqual([]);
  });

  it("M3, DEFECTS 4: a flood is throttled, and others are not", async () => {
    const { url } = await startServer({ limits: { messagesPerSecond: 1, burst: 10 } });
    const { a, b } = await joinPair(url);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => a.request("signal", inform("b", 1))),
    );
    const refused = answers.flatMap(({ error }) => (error ? [error] : []));
    expect(refused.length).toBeGreaterThanOrEqual(38);
    expect(refused.length).toBeLessThanOrEqual(40);
    expect(refused[0]).toMatchObject({ code: "rate-limited", retryAfterMs: expect.any(Number) });
    expect(await b.request("signal", inform("a", 1))).toEqual({});
    await a.next("signal");
  });
});
