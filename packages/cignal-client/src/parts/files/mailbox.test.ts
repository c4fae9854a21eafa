import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Peer } from "../../peer/peer.js";
import { Mailbox } from "./mailbox.js";
import type { FileMessage } from "./wire.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A peer that cannot be told anything until `open`. */
function closedPeer() {
  const said: FileMessage[] = [];
  let state: "closed" | "open" = "closed";
  const inform = async (message: FileMessage) => {
    if (state === "closed") throw new Error("no way");
    said.push(message);
  };
  const open = () => {
    state = "open";
    return vi.advanceTimersByTimeAsync(2_000);
  };
  return { mailbox: new Mailbox({ inform } as unknown as Peer), said, open };
}

const idOf = (number: number) => String(number).padEnd(22, "x");
const offer = (number: number) =>
  ({ type: "offer", id: idOf(number), name: "n", size: 1, mime: "" }) as const;
const accept = (number: number, attempt: number) =>
  ({ type: "accept", id: idOf(number), from: 0, attempt }) as const;

describe("a mailbox", () => {
  it("keeps each offer until it can be said, in order", async () => {
    const { mailbox, said, open } = closedPeer();
    const offers = Array.from({ length: 1_000 }, (_, number) => offer(number));
    for (const each of offers) mailbox.say(each);
    await open();
    expect(said).toEqual(offers);
  });

  it("says of what is asked again and again the last alone", async () => {
    const { mailbox, said, open } = closedPeer();
    mailbox.say(offer(0));
    for (let attempt = 1; attempt <= 100; attempt++) mailbox.say(accept(1, attempt));
    mailbox.say(accept(2, 7));
    await open();
    expect(said).toEqual([offer(0), accept(1, 100), accept(2, 7)]);
  });

  it("F8: keeps no more than 256 answers for who asks and does not listen", async () => {
    const { mailbox, said, open } = closedPeer();
    for (let number = 0; number < 10_000; number++) {
      mailbox.say({ type: "refuse", id: idOf(number) });
    }
    await open();
    expect(said).toHaveLength(256);
  });

  it("tries what waits once more when nobody is here any more, and then nothing", async () => {
    const { mailbox, said } = closedPeer();
    mailbox.say(offer(0));
    await vi.advanceTimersByTimeAsync(10);
    mailbox.finish();
    await vi.advanceTimersByTimeAsync(10);
    expect([said, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
