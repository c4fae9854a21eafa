import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  decodeFrame,
  decodeReceived,
  encodeFrame,
  encodeReceived,
  type Frame,
  type Message,
  PIECE_BYTES,
} from "./frames.js";
import { IncomingStream, Violation } from "./incoming-stream.js";
import { OutgoingStream } from "./outgoing-stream.js";

const MAX = 200_000;

/** A message that tells its number and has this length. */
const message = (number: number, length = 4): Message => {
  const bytes = new Uint8Array(Math.max(4, length));
  new DataView(bytes.buffer).setUint32(0, number);
  return { kind: "binary", bytes };
};
const numberOf = ({ bytes }: Message) => new DataView(bytes.buffer).getUint32(0);

const decoded = (data: Uint8Array<ArrayBuffer>) => {
  const frame = decodeFrame(data.buffer);
  if (!frame) throw new Error("no frame");
  return frame;
};

describe("the stream of a channel", () => {
  it("B5, B6: whatever channels are lost, and when, each message arrives once and in order", () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("send", "send long", "frame", "frame", "ack") },
      { weight: 1, arbitrary: fc.constantFrom("lose", "hello") },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const sender = new OutgoingStream({ onTooLarge: () => expect.fail() });
        const receiver = new IncomingStream(MAX);
        const heard: number[] = [];
        let channel: Uint8Array<ArrayBuffer>[] = [];
        let sent = 0;
        const tell = () => sender.receive({ number: receiver.received, maxBytes: MAX });
        const pull = () => {
          for (let frame = sender.next(); frame; frame = sender.next()) channel.push(frame);
        };
        const deliver = () => {
          const frame = channel.shift();
          const whole = frame && receiver.take(decoded(frame));
          if (whole) heard.push(numberOf(whole));
        };
        for (const what of steps) {
          if (what === "send") sender.push(message(sent++), () => {});
          else if (what === "send long") sender.push(message(sent++, 50_000), () => {});
          else if (what === "frame") {
            const frame = sender.next();
            if (frame) channel.push(frame);
            deliver();
          } else if (what === "ack" || what === "hello") {
            // Before the first word on a channel nothing goes out, and whoever says it first is as good as who repeats it.
            if (what === "hello" || channel.length > 0) expect(tell()).toBe(true);
          } else {
            channel = [];
            sender.interrupt();
            receiver.interrupt();
          }
        }
        channel = [];
        sender.interrupt();
        receiver.interrupt();
        for (let rounds = 0; rounds < 40; rounds++) {
          expect(tell()).toBe(true);
          pull();
          while (channel.length > 0) deliver();
        }
        expect(heard).toEqual(Array.from({ length: sent }, (_, number) => number));
        expect(tell()).toBe(true);
        expect(sender.bufferedAmount).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("B5: whoever begins anew hears from what was not acknowledged on", () => {
    const sender = new OutgoingStream({ onTooLarge: () => {} });
    const first = new IncomingStream(MAX);
    sender.receive({ number: 0, maxBytes: MAX });
    for (let number = 1; number <= 5; number++) sender.push(message(number), () => {});
    for (let frame = sender.next(); frame; frame = sender.next()) first.take(decoded(frame));
    sender.receive({ number: 3, maxBytes: MAX });
    sender.interrupt();
    const anew = new IncomingStream(MAX);
    expect(sender.receive({ number: anew.received, maxBytes: MAX })).toBe(true);
    sender.push(message(6), () => {});
    const heard: number[] = [];
    for (let frame = sender.next(); frame; frame = sender.next()) {
      const whole = anew.take(decoded(frame));
      if (whole) heard.push(numberOf(whole));
    }
    expect(heard).toEqual([4, 5, 6]);
  });

  it("DEFECTS 26: waits for room, and refuses what nobody waits for, long before the tab dies", () => {
    const sender = new OutgoingStream({ onTooLarge: () => {} });
    const settled = new Map<string, number>();
    for (let number = 0; number < 1_000; number++) {
      sender.push(message(number, 100_000), (refusal = "taken" as never) => {
        settled.set(refusal, (settled.get(refusal) ?? 0) + 1);
      });
    }
    expect(settled.get("taken")).toBe(10);
    expect(settled.get("full")).toBeGreaterThan(800);
    expect(sender.bufferedAmount).toBeLessThan(18_000_000);
  });

  it("takes messages in the order in which there is room, and gives back what waits", () => {
    const sender = new OutgoingStream({ onTooLarge: () => {} });
    sender.receive({ number: 0, maxBytes: 2_000_000 });
    const settled: unknown[] = [];
    const push = (number: number) =>
      sender.push(message(number, 900_000), (refusal) => settled.push([number, refusal]));
    push(1);
    const takeBack = push(2);
    push(3);
    expect(settled).toEqual([[1, undefined]]);
    takeBack();
    takeBack();
    while (sender.next());
    sender.receive({ number: 1, maxBytes: 2_000_000 });
    sender.close();
    expect(settled.slice(1)).toEqual([
      [2, "aborted"],
      [3, undefined],
    ]);
    expect(sender.bufferedAmount).toBe(0);
  });

  it("B4: leaves out what the receiver does not take, and says so", () => {
    const onTooLarge = vi.fn();
    const sender = new OutgoingStream({ onTooLarge });
    sender.push(message(1), () => {});
    sender.push(message(2, 5_000), () => {});
    sender.push(message(3), () => {});
    sender.receive({ number: 0, maxBytes: 1_000 });
    const receiver = new IncomingStream(1_000);
    const heard = [sender.next(), sender.next()].map((frame) => {
      const whole = frame && receiver.take(decoded(frame));
      return whole && numberOf(whole);
    });
    expect(heard).toEqual([1, 3]);
    expect(sender.next()).toBeUndefined();
    expect(onTooLarge).toHaveBeenCalledTimes(1);
  });

  it("B6: does not believe what cannot be true", () => {
    const sender = new OutgoingStream({ onTooLarge: () => {} });
    expect(sender.receive({ number: 1, maxBytes: MAX })).toBe(false);
    expect(sender.receive({ number: 0, maxBytes: MAX })).toBe(true);
    sender.push(message(1, 50_000), () => {});
    sender.next();
    expect(sender.receive({ number: 1, maxBytes: MAX })).toBe(false);
    while (sender.next());
    expect(sender.receive({ number: 1, maxBytes: MAX })).toBe(true);
    expect(sender.receive({ number: 0, maxBytes: MAX })).toBe(false);
  });

  it("B3: takes no frames that no sender makes, and keeps no more than a message", () => {
    const bytes = new Uint8Array(PIECE_BYTES);
    const long: Frame = { kind: "text", number: 1, first: true, last: false, bytes };
    const takes = (...frames: Frame[]) => {
      const stream = new IncomingStream(3 * PIECE_BYTES);
      return () => frames.map((each) => stream.take(decoded(encodeFrame(each))));
    };
    expect(takes({ ...long, last: true })).not.toThrow();
    expect(takes({ ...long, first: false })).toThrow(Violation);
    expect(takes(long, long)).toThrow(Violation);
    expect(takes(long, { ...long, first: false, number: 2 })).toThrow(Violation);
    expect(takes({ ...long, last: true }, { ...long, number: 3 })).toThrow(Violation);
    expect(takes({ ...long, last: true }, { ...long, number: 1 })).toThrow(Violation);
    const more = { ...long, first: false };
    expect(takes(long, more, more)).not.toThrow();
    expect(takes(long, more, more, more)).toThrow(Violation);
  });

  it("B3, B4: any bytes are a frame, an acknowledgement or nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const data = bytes.slice().buffer;
        const frame = decodeFrame(data);
        const received = decodeReceived(data);
        expect(frame && received).toBeUndefined();
        if (frame) expect(decodeFrame(encodeFrame(frame).buffer)).toEqual(frame);
        if (received) expect(decodeReceived(encodeReceived(received).buffer)).toEqual(received);
      }),
    );
    for (const data of ["text", undefined, new ArrayBuffer(0), new ArrayBuffer(7)]) {
      expect(decodeFrame(data) ?? decodeReceived(data)).toBeUndefined();
    }
    const far = { kind: "json", number: 2 ** 48 - 1, first: true, last: true } as const;
    const bytes = new TextEncoder().encode("{}");
    expect(decodeFrame(encodeFrame({ ...far, bytes }).buffer)).toEqual({ ...far, bytes });
  });
});
