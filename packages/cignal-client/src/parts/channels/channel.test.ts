import { getEventListeners } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeLine, type FakeSession } from "../../../test/fake-sessions.js";
import type { Cignal } from "../../cignal.js";
import { encodeFrame, encodeReceived, PIECE_BYTES } from "./frames.js";
import { type ChannelOptions, openChannel } from "./index.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const success = { success: true };
const failure = (code: string) => ({ success: false, error: expect.objectContaining({ code }) });

function listen(session: FakeSession, options?: ChannelOptions) {
  const channel = openChannel(session.cignal, "x", options);
  const heard: unknown[] = [];
  const failed: string[] = [];
  channel.on("message", (data, { peer }) => heard.push([peer.id, data]));
  channel.on("failed", ({ code }) => failed.push(code));
  return { channel, heard, failed };
}

/** A connected line with a channel of the name `x` on both sides. */
function pair(options?: ChannelOptions) {
  const line = new FakeLine();
  line.connect();
  return { line, a: listen(line.a, options), b: listen(line.b, options) };
}

describe("a channel", () => {
  it("carries JSON, text and bytes, copied, in both directions", async () => {
    const { line, a, b } = pair();
    const bytes = Uint8Array.of(0, 1, 2, 3);
    const all = [
      { x: [1, null] },
      "",
      "text \u{1f600}\ufeff",
      7,
      null,
      bytes.subarray(1, 3),
      bytes.buffer,
    ];
    for (const data of all) expect(await a.channel.send(data)).toEqual(success);
    bytes.fill(9);
    expect(await b.channel.send("back", { to: "a" })).toEqual(success);
    line.flush();
    expect(a.heard).toEqual([["b", "back"]]);
    const arrived = [...all.slice(0, 5), Uint8Array.of(1, 2), Uint8Array.of(0, 1, 2, 3)];
    expect(b.heard).toEqual(arrived.map((data) => ["a", data]));
    expect([...line.a.errors, ...line.b.errors]).toEqual([]);
  });

  it("B5: what is sent before anybody listens, or is there, waits", async () => {
    const line = new FakeLine();
    const a = listen(line.a);
    expect(await a.channel.send("before a connection")).toEqual(success);
    line.connect();
    line.flush();
    const b = openChannel(line.b.cignal, "x");
    line.flush();
    expect(await a.channel.send("before anybody listens")).toEqual(success);
    line.flush();
    const heard: unknown[] = [];
    b.on("message", (data) => heard.push(data));
    line.flush();
    expect(heard).toEqual(["before a connection", "before anybody listens"]);
    await vi.advanceTimersByTimeAsync(50);
    line.flush();
    expect(a.channel.bufferedAmount()).toBe(0);
  });

  it("B5, B6: through any losses each message arrives once and in order", async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom("a", "b", "a long", "time") },
      { weight: 8, arbitrary: fc.nat({ max: 3 }) },
      { weight: 1, arbitrary: fc.constantFrom("lost", "rebuilt", "closed channel") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 100 }), async (steps) => {
        const { line, a, b } = pair();
        const sent = { a: [] as unknown[], b: [] as unknown[] };
        for (const what of steps) {
          if (typeof what === "number") line.step((count) => what % Math.max(1, count));
          else if (what === "time") await vi.advanceTimersByTimeAsync(1_000);
          else if (what === "lost") line.disconnect();
          else if (what === "rebuilt") line.connect();
          else if (what === "closed channel") line.channels[0]?.close();
          else {
            const from = what === "b" ? "b" : "a";
            const number = sent[from].length;
            const data = what === "a long" ? "x".repeat(40_000 + number) : number;
            sent[from].push(data);
            void (from === "a" ? a : b).channel.send(data);
          }
        }
        line.connect();
        for (let i = 0; i < 8; i++) {
          line.flush();
          await vi.advanceTimersByTimeAsync(16_000);
        }
        expect(b.heard).toEqual(sent.a.map((data) => ["a", data]));
        expect(a.heard).toEqual(sent.b.map((data) => ["b", data]));
        expect([...a.failed, ...b.failed, ...line.a.errors, ...line.b.errors]).toEqual([]);
        expect(a.channel.bufferedAmount() + b.channel.bufferedAmount()).toBe(0);
        a.channel.close();
        b.channel.close();
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("B5: somebody who reloads the page hears from then on", async () => {
    const { line, a } = pair();
    await a.channel.send("before");
    line.flush();
    await vi.advanceTimersByTimeAsync(50);
    line.flush();
    line.reloadB();
    const anew = listen(line.b);
    await a.channel.send("after");
    line.connect();
    line.flush();
    expect(anew.heard).toEqual([["a", "after"]]);
  });

  it("B7: keeps the browser's queue low", async () => {
    const { line, a } = pair();
    line.flush();
    void a.channel.send("x".repeat(1_000_000));
    const [own] = line.channels;
    expect(own?.bufferedAmount).toBeLessThanOrEqual(65_536 + PIECE_BYTES + 8);
    expect(a.channel.bufferedAmount("b")).toBeGreaterThan(1_000_000);
    expect(a.channel.bufferedAmount("nobody")).toBe(0);
  });

  it("DEFECTS 26: send waits for room, and can be taken back meanwhile", async () => {
    const { line, a, b } = pair();
    line.flush();
    await a.channel.send("x".repeat(1_000_000));
    const outcome = vi.fn();
    const abort = new AbortController();
    void a.channel.send("y".repeat(600_000), { signal: abort.signal }).then(outcome);
    const waits = a.channel.send("z".repeat(900_000));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(outcome).not.toHaveBeenCalled();
    abort.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome).toHaveBeenCalledWith(failure("aborted"));
    expect(await a.channel.send("no", { signal: abort.signal })).toEqual(failure("aborted"));
    line.flush();
    expect(await waits).toEqual(success);
    line.flush();
    expect(b.heard.map((each) => String(each).slice(0, 3))).toEqual(["a,x", "a,z"]);
  });

  it("takes a signal with a message for which there is room, and lets go of it", async () => {
    const { line, a, b } = pair();
    line.flush();
    const { signal } = new AbortController();
    expect(await a.channel.send("at once", { signal })).toEqual(success);
    expect(await a.channel.send("and again", { signal })).toEqual(success);
    line.flush();
    expect(b.heard).toEqual([
      ["a", "at once"],
      ["a", "and again"],
    ]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("tells whoever waits that the other one has left, and that nobody is there", async () => {
    const { line, a } = pair();
    await a.channel.send("x".repeat(1_000_000));
    const toBob = a.channel.send("y".repeat(1_000_000), { to: "b" });
    const toAll = a.channel.send("y".repeat(1_000_000));
    line.leaveB();
    expect(await toBob).toEqual(failure("nobody-here"));
    expect(await toAll).toEqual(success);
    expect(await a.channel.send("z")).toEqual(failure("nobody-here"));
    expect(await a.channel.send("z", { to: "b" })).toEqual(failure("nobody-here"));
    line.a.leave();
    expect(a.channel.closed).toBe(true);
    expect(await a.channel.send("z")).toEqual(failure("closed"));
  });

  it("B8: a lossy one sends at once or not at all, out of one piece", async () => {
    const { line, a, b } = pair({ reliable: false });
    expect(await a.channel.send("too early")).toEqual(success);
    line.flush();
    expect(line.channels[0]).toMatchObject({ ordered: false, maxRetransmits: 0 });
    expect(await a.channel.send("x".repeat(PIECE_BYTES + 1))).toEqual(failure("too-large"));
    for (let i = 0; i < 100; i++) {
      expect(await a.channel.send("x".repeat(PIECE_BYTES))).toEqual(success);
    }
    line.flush();
    expect(b.heard).toHaveLength(4);
    await a.channel.send(Uint8Array.of(1));
    line.flush();
    expect(b.heard.at(-1)).toEqual(["a", Uint8Array.of(1)]);
    expect([...a.failed, ...b.failed]).toEqual([]);
  });

  it("what nobody listens to any more is gone, and the sender goes on", async () => {
    const line = new FakeLine();
    line.connect();
    const a = listen(line.a);
    const b = openChannel(line.b.cignal, "x");
    const heard: unknown[] = [];
    const off = b.on("message", (data) => heard.push(data));
    await a.channel.send(1);
    line.flush();
    off();
    await a.channel.send(2);
    line.flush();
    b.on("message", (data) => heard.push(data));
    await a.channel.send(3);
    line.flush();
    expect(heard).toEqual([1, 3]);
  });

  it("B4: says what it takes, and whoever has sent more is told", async () => {
    const line = new FakeLine();
    const a = listen(line.a);
    const b = listen(line.b, { maxMessageBytes: 1_000 });
    await a.channel.send("x".repeat(2_000));
    await a.channel.send("short");
    line.connect();
    line.flush();
    expect(b.heard).toEqual([["a", "short"]]);
    expect(a.failed).toEqual(["too-large"]);
    expect(await b.channel.send("x".repeat(2_000))).toEqual(failure("too-large"));
  });

  it("B4: leaves out what is too long also once it knows, and goes on with the rest", async () => {
    const line = new FakeLine();
    const a = listen(line.a);
    const b = listen(line.b, { maxMessageBytes: 1_000 });
    line.connect();
    line.flush();
    expect(await a.channel.send("x".repeat(2_000))).toEqual(failure("too-large"));
    expect(await a.channel.send("short")).toEqual(success);
    line.flush();
    expect(b.heard).toEqual([["a", "short"]]);
    expect(b.failed).toEqual([]);
  });

  it("can be closed by who hears a message, and leaves no timer", async () => {
    const { line, a, b } = pair();
    b.channel.on("message", () => b.channel.close());
    line.flush();
    await a.channel.send(1);
    line.flush();
    a.channel.close();
    expect(b.heard).toEqual([["a", 1]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ["text in place of frames", "text"],
    ["bytes that are no frame", new Uint8Array(20).fill(255)],
    ["a message that is no JSON", frame("json", "{")],
    ["text that is no UTF-8", frame("text", Uint8Array.of(0xff))],
    ["a piece without a beginning", frame("text", "x", { first: false })],
    ["an answer that nobody asked for", encodeReceived({ number: 0, maxBytes: 9 })],
  ])("B9: closes the channel of who sends %s, and reads no more of it", async (_what, data) => {
    const { line, a, b } = pair();
    line.flush();
    const own = line.channels.find(({ label, other }) => label === "channel/x" && other);
    own?.send(data as never);
    line.flush();
    expect(own?.readyState).toBe("closed");
    expect(b.failed).toEqual(["bad-message"]);
    await vi.advanceTimersByTimeAsync(60_000);
    line.flush();
    await a.channel.send("again");
    line.flush();
    expect(b.heard).toEqual([]);
    expect(b.failed).toEqual(["bad-message"]);
    await b.channel.send("the other way");
    line.flush();
    expect(a.heard).toEqual([["b", "the other way"]]);
  });

  it("B9: reads nothing more of who breaks the rules under one id after the other", async () => {
    const { line, b } = pair();
    line.flush();
    for (let i = 0; i < 100; i++) {
      const protocol = `id-${i % 20}`.padEnd(22, "x");
      const channel = line.connections[0]?.pc.createDataChannel("channel/x", { protocol });
      line.flush();
      if (channel?.readyState === "open") channel.send("no frame");
      line.flush();
    }
    expect(b.failed.length).toBeLessThan(10);
    expect(b.heard).toEqual([]);
  });

  it("B6, B9: sends nothing more to who acknowledges what was not sent", async () => {
    const { line, a } = pair();
    line.flush();
    await a.channel.send("x".repeat(1_000_000));
    const waits = a.channel.send("x".repeat(1_000_000));
    line.channels[1]?.send(encodeReceived({ number: 9, maxBytes: 9 }));
    line.flush();
    expect(a.failed).toEqual(["bad-message"]);
    expect(await waits).toEqual(failure("bad-message"));
    expect(await a.channel.send("more")).toEqual(failure("bad-message"));
  });

  it("B5, B9: closes the channel of who sends before anybody has asked", async () => {
    const line = new FakeLine();
    line.connect();
    const a = openChannel(line.a.cignal, "x");
    const b = openChannel(line.b.cignal, "x");
    const failed = vi.fn();
    b.on("failed", failed);
    line.flush();
    line.channels[0]?.send(frame("text", "unasked"));
    line.flush();
    expect(failed).toHaveBeenCalledTimes(1);
    a.close();
  });

  it("B1: opens again, ever later, what the other side closes, and goes on when they listen again", async () => {
    const { line, a, b } = pair();
    line.flush();
    b.channel.close();
    line.flush();
    for (let i = 0; i < 100; i++) {
      await vi.advanceTimersByTimeAsync(1_000);
      line.flush();
    }
    await a.channel.send("for whoever listens");
    const again = listen(line.b);
    line.flush();
    expect(again.heard).toEqual([["a", "for whoever listens"]]);
    expect(line.connections[0]?.channels.length).toBeLessThan(5);
  });

  it("is opened once under a name, with options that exist", () => {
    const line = new FakeLine();
    const { cignal } = line.a;
    const channel = openChannel(cignal, "x");
    const wrong: [unknown, unknown?][] = [
      ["x"],
      [""],
      ["x".repeat(65)],
      ["a\nb"],
      [7],
      ["y", null],
      ["y", { reliable: 1 }],
      ["y", { relible: true }],
      ["y", { maxMessageBytes: 0 }],
      ["y", { maxMessageBytes: 2 ** 25 }],
      ["y", { maxMessageBytes: 1.5 }],
    ];
    for (const [name, options] of wrong) {
      expect(() => openChannel(cignal, name as string, options as never)).toThrow(TypeError);
    }
    expect(() => openChannel({} as Cignal, "y")).toThrow(TypeError);
    channel.close();
    channel.close();
    openChannel(cignal, "x");
  });

  it("refuses what is no JSON and no bytes", async () => {
    const { a } = pair();
    const circle: Record<string, unknown> = {};
    circle["circle"] = circle;
    for (const data of [undefined, () => {}, Symbol(), 1n, circle]) {
      expect(await a.channel.send(data)).toEqual(failure("bad-argument"));
    }
    expect(await a.channel.send("x".repeat(1_048_577))).toEqual(failure("too-large"));
  });

  it("O11: an inspector sends nothing, and is sent nothing", async () => {
    const line = new FakeLine();
    line.b.me.inspector = true;
    const a = listen(line.a);
    const b = listen(line.b);
    line.connect();
    expect(line.connections.flatMap(({ channels }) => channels)).toEqual([]);
    expect(await a.channel.send("x")).toEqual(failure("nobody-here"));
    expect(await b.channel.send("x")).toEqual(failure("forbidden"));
  });
});

function frame(kind: "text" | "json", content: string | Uint8Array<ArrayBuffer>, special = {}) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return encodeFrame({ kind, number: 1, first: true, last: true, bytes, ...special });
}
