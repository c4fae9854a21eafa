import type { Envelope, PeerMessage } from "@cignal/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PeerStream } from "./peer-stream.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const say = (data: number): PeerMessage => ({ type: "information", data });

/** One end and the way out of it, on which envelopes wait until the test delivers, repeats or loses them. */
function end(session: string) {
  const way: Envelope[] = [];
  const heard: unknown[] = [];
  const restarts: unknown[][] = [];
  const handed: (string | undefined)[] = [];
  const stream = new PeerStream({
    session,
    transmit: (envelope) => void way.push(envelope),
    deliver: (message) => heard.push(message.type === "information" ? message.data : message.type),
    onRestart: () => restarts.push([...heard]),
  });
  const send = (data: number) => stream.send(say(data), (error) => handed.push(error?.message));
  return { stream, way, heard, restarts, handed, send };
}

type End = ReturnType<typeof end>;

function flush(...ends: [End, End]) {
  const [a, b] = ends;
  while (a.way.length + b.way.length > 0) {
    for (const envelope of a.way.splice(0)) b.stream.receive(envelope);
    for (const envelope of b.way.splice(0)) a.stream.receive(envelope);
  }
}

async function settle(a: End, b: End) {
  for (let i = 0; i < 8; i++) {
    flush(a, b);
    await vi.advanceTimersByTimeAsync(16_000);
  }
  flush(a, b);
}

describe("the stream between two peers", () => {
  it("D3, D4: whatever is lost, repeated or reordered, each message arrives once and in order", async () => {
    const step = fc.record({
      from: fc.constantFrom("a" as const, "b" as const),
      what: fc.constantFrom("say", "deliver", "repeat", "lose", "overtake", "resend", "time"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const ends = { a: end("a1"), b: end("b1") };
        const said = { a: [] as number[], b: [] as number[] };
        for (const { from, what } of steps) {
          const { way, send, stream } = ends[from];
          const other = ends[from === "a" ? "b" : "a"];
          const [next] = way;
          if (what === "say") {
            said[from].push(said[from].length);
            send(said[from].length - 1);
          } else if (what === "resend") stream.resend();
          else if (what === "time") await vi.advanceTimersByTimeAsync(1_000);
          else if (what === "lose") way.shift();
          else if (what === "overtake") way.push(...way.splice(0, 1));
          else if (next) {
            if (what === "deliver") way.shift();
            other.stream.receive(next);
          }
        }
        await settle(ends.a, ends.b);
        expect(ends.a.heard).toEqual(said.b);
        expect(ends.b.heard).toEqual(said.a);
        expect(ends.a.restarts.length + ends.b.restarts.length).toBe(0);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it("D7: somebody who begins anew, at any moment, hears from then on and is heard", async () => {
    const step = fc.constantFrom("a says", "b says", "to a", "to b", "lose", "a anew", "b anew");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        let [a, b] = [end("a1"), end("b1")];
        let count = 0;
        const former: End[] = [];
        for (const what of steps) {
          if (what === "a says") a.send(count++);
          else if (what === "b says") b.send(count++);
          else if (what === "lose") a.way.shift();
          else if (what === "to a") {
            const next = b.way.shift();
            if (next) a.stream.receive(next);
          } else if (what === "to b") {
            const next = a.way.shift();
            if (next) b.stream.receive(next);
          } else {
            // What was said before is still on its way.
            const old = what === "a anew" ? a : b;
            const anew = end(`${what[0]}${former.push(old) + 1}`);
            anew.way.push(...old.way);
            old.stream.close(new Error("reloaded"));
            if (what === "a anew") a = anew;
            else b = anew;
          }
        }
        a.send(-1);
        b.send(-2);
        await settle(a, b);
        expect(a.heard.at(-1)).toBe(-2);
        expect(b.heard.at(-1)).toBe(-1);
        for (const { heard } of [a, b, ...former]) {
          const own = heard.filter((data) => (data as number) >= 0);
          expect(own).toEqual([...new Set(own)].sort((x, y) => Number(x) - Number(y)));
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it("D4: acknowledges by itself within 0.3 s when there is nothing to say", async () => {
    const [a, b] = [end("a1"), end("b1")];
    a.send(1);
    flush(a, b);
    expect(a.handed).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    expect(b.way).toEqual([{ session: "b1", recipient: "a1", number: 0, first: 1, received: 1 }]);
    flush(a, b);
    expect(a.handed).toEqual([undefined]);
  });

  it("D4: waits twice as long each time, up to 16 s", async () => {
    const a = end("a1");
    a.send(1);
    const times: number[] = [];
    const begin = Date.now();
    for (let i = 0; i < 70; i++) {
      a.way.length = 0;
      await vi.advanceTimersByTimeAsync(1_000);
      if (a.way.length > 0) times.push((Date.now() - begin) / 1_000);
    }
    expect(times).toEqual([2, 6, 14, 30, 46, 62]);
  });

  it("D4: what a way has taken is not given up because another one refuses it later", async () => {
    const outcomes: unknown[] = [];
    const answers = [undefined, new Error("full"), new Error("full")];
    const sent: number[] = [];
    const stream = new PeerStream({
      session: "a1",
      transmit: ({ number }, handed) => {
        sent.push(number);
        handed(answers.shift());
      },
      deliver: () => {},
      onRestart: () => {},
    });
    stream.send(say(1), (error) => outcomes.push(error));
    stream.resend();
    stream.resend();
    expect(outcomes).toEqual([undefined]);
    expect(sent).toEqual([1, 1, 1]);
    stream.close(new Error("left"));
  });

  it("D5: nobody waits for what was withdrawn", async () => {
    const [a, b] = [end("a1"), end("b1")];
    const number = a.send(1);
    a.way.length = 0;
    a.stream.withdraw(number);
    a.send(2);
    flush(a, b);
    expect(b.heard).toEqual([2]);
  });

  it("D3: keeps at most 256 messages that are early, and gets the rest again", async () => {
    const [a, b] = [end("a1"), end("b1")];
    for (let i = 0; i < 600; i++) a.send(i);
    a.way.shift();
    flush(a, b);
    expect(b.heard).toEqual([]);
    a.stream.resend();
    await settle(a, b);
    expect(b.heard).toEqual(Array.from({ length: 600 }, (_, i) => i));
  });

  it("D7: of what was not acknowledged only what still makes sense goes to the new session", async () => {
    const [a, b] = [end("a1"), end("b1")];
    a.send(0);
    await settle(a, b);
    const sending = { microphone: "on", camera: "on", screen: "off", revision: 1 } as const;
    a.stream.send({ type: "candidates", connection: "c", candidates: [] });
    a.stream.send({ type: "start", call: 1, sending });
    a.send(1);
    a.way.length = 0;
    const anew = end("b2");
    anew.stream.sendLoose();
    await settle(a, anew);
    expect(anew.heard).toEqual(["start", 1]);
    expect(a.restarts).toHaveLength(1);
  });
});
