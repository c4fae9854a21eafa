import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WatchedPeer, watchedCall } from "../../../test/watched-call.js";
import type { Ear } from "../../browser/ear.js";
import { inside } from "../inside.js";
import { type SpeakingEvents, type SpeakingOptions, SpeakingWatch } from "./speaking-watch.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const NAMES: (keyof SpeakingEvents)[] = [
  "speaking",
  "activeSpeaker",
  "talkingWhileMuted",
  "silentMicrophone",
  "suspended",
];

const track = (id: string) => ({ id }) as MediaStreamTrack;

function open(peers: WatchedPeer[], options?: SpeakingOptions) {
  const call = watchedCall(...peers);
  const { microphone } = call.session.media;
  microphone.track = track("first");
  /** What is heard of the own microphone; `undefined` before the first click. */
  const own = { level: 0.001 as number | undefined };
  const ears: { of: MediaStreamTrack; state: "open" | "closed" }[] = [];
  const openEar = (of: MediaStreamTrack): Ear => {
    const ear = { of, state: "open" as "open" | "closed" };
    ears.push(ear);
    return {
      level: () => own.level,
      resume: async () => {
        own.level = 0;
      },
      close: () => {
        ear.state = "closed";
      },
    };
  };
  const speaking = new SpeakingWatch(inside(call.cignal), openEar, options);
  const told: unknown[][] = [];
  for (const name of NAMES) speaking.on(name, (...args: unknown[]) => told.push([name, ...args]));
  const of = (name: keyof SpeakingEvents) => told.filter(([each]) => each === name);
  return { ...call, speaking, own, ears, microphone, of };
}

/** They sound so loud for so long; the browser tells of each packet. */
async function sound(peer: WatchedPeer, audioLevel: number, ms: number) {
  for (let passed = 0; passed < ms; passed += 20) {
    peer.sources = [{ audioLevel, timestamp: Date.now() }];
    await vi.advanceTimersByTimeAsync(20);
  }
}

describe("watchSpeaking", () => {
  it("takes sensible options, and nothing else", () => {
    expect(() => open([], { whileMuted: 1 as never })).toThrow(TypeError);
    for (const silentAfterMs of [0, Number.NaN, "900"]) {
      expect(() => open([], { silentAfterMs: silentAfterMs as number })).toThrow(TypeError);
    }
  });

  it("tells who of the others speaks, how loud, and that they have stopped", async () => {
    const bob = new WatchedPeer("bob");
    const { speaking, of } = open([bob]);
    await sound(bob, 0.001, 1_000);
    await sound(bob, 0.1, 300);
    expect(of("speaking")).toEqual([["speaking", true, { peer: bob.info }]]);
    expect(of("activeSpeaker")).toEqual([["activeSpeaker", bob.info]]);
    expect(speaking.activeSpeaker).toBe(bob.info);
    expect(speaking.level("bob")).toBeCloseTo(2 / 3);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(of("speaking").at(-1)).toEqual(["speaking", false, { peer: bob.info }]);
    expect(speaking.level("bob")).toBe(0);
    expect(speaking.level("nobody")).toBe(0);
  });

  it("asks the statistics where the browser tells no level otherwise", async () => {
    const bob = new WatchedPeer("bob");
    const { of } = open([bob]);
    bob.audioLevel = 0.2;
    await vi.advanceTimersByTimeAsync(600);
    expect(of("speaking")).toEqual([["speaking", true, { peer: bob.info }]]);
  });

  it("does not listen to who is muted, and forgets who is gone", async () => {
    const [bob, carol] = [new WatchedPeer("bob"), new WatchedPeer("carol")];
    const { of, session, changed } = open([bob, carol]);
    bob.media.microphone = "muted";
    await sound(bob, 0.2, 500);
    expect(of("speaking")).toEqual([]);
    await sound(carol, 0.2, 500);
    session.room.peers = [bob];
    changed();
    expect(of("speaking")).toEqual([
      ["speaking", true, { peer: carol.info }],
      ["speaking", false, { peer: carol.info }],
    ]);
    expect(of("activeSpeaker").at(-1)).toEqual(["activeSpeaker", undefined]);
  });

  it("tells that one speaks, and when muted that one talks in vain, to nobody else", async () => {
    const { of, own, microphone, changed, session, speaking } = open([]);
    own.level = 0.1;
    await vi.advanceTimersByTimeAsync(400);
    expect(of("speaking")).toEqual([["speaking", true, { peer: session.room.me }]]);
    expect(speaking.level("me")).toBeCloseTo(2 / 3);
    microphone.state = "muted";
    changed();
    await vi.advanceTimersByTimeAsync(700);
    expect(of("speaking").at(-1)).toEqual(["speaking", false, { peer: session.room.me }]);
    expect(of("talkingWhileMuted")).toEqual([["talkingWhileMuted", true]]);
    expect(speaking.level("me")).toBe(0);
    microphone.state = "live";
    changed();
    await vi.advanceTimersByTimeAsync(120);
    expect(of("talkingWhileMuted").at(-1)).toEqual(["talkingWhileMuted", false]);
    expect(of("speaking").at(-1)).toEqual(["speaking", true, { peer: session.room.me }]);
  });

  it("tells of a microphone that gives nothing, not even noise", async () => {
    const { of, own } = open([], { silentAfterMs: 1_000 });
    own.level = 0;
    await vi.advanceTimersByTimeAsync(900);
    expect(of("silentMicrophone")).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    own.level = 0.0005;
    await vi.advanceTimersByTimeAsync(120);
    expect(of("silentMicrophone").map(([, isSilent]) => isSilent)).toEqual([true, false]);
  });

  it("says that it waits for a click, and takes that for no silence", async () => {
    const { of, own, speaking } = open([], { silentAfterMs: 500 });
    own.level = undefined;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(of("suspended")).toEqual([["suspended", true]]);
    expect(of("silentMicrophone")).toEqual([]);
    await speaking.resume();
    await vi.advanceTimersByTimeAsync(120);
    expect(of("suspended").at(-1)).toEqual(["suspended", false]);
  });

  it("lets go of the microphone as soon as it is switched, stopped or, if so wished, muted", async () => {
    const { ears, microphone, changed, leave } = open([]);
    microphone.state = "starting";
    microphone.track = null;
    changed();
    expect(ears).toMatchObject([{ state: "closed" }]);
    microphone.state = "live";
    microphone.track = track("second");
    changed();
    changed();
    expect(ears).toMatchObject([{ state: "closed" }, { of: { id: "second" }, state: "open" }]);
    microphone.state = "muted";
    changed();
    expect(ears.at(-1)).toMatchObject({ state: "open" });
    leave();
    expect(ears.every(({ state }) => state === "closed")).toBe(true);
    expect(vi.getTimerCount()).toBe(0);

    const shy = open([], { whileMuted: false });
    shy.microphone.state = "muted";
    shy.changed();
    expect(shy.ears).toMatchObject([{ state: "closed" }]);
    expect(vi.getTimerCount()).toBe(0);
    shy.speaking.close();
    shy.speaking.close();
  });

  it.each([-3_600_000, 3_600_000])("goes on when somebody sets the clock, by %i ms", async (ms) => {
    const [bob, carol] = [new WatchedPeer("bob"), new WatchedPeer("carol")];
    const { of, own, speaking, session } = open([bob, carol]);
    own.level = 0.1;
    await sound(bob, 0.2, 1_000);
    vi.setSystemTime(Date.now() + ms);
    own.level = 0.001;
    await vi.advanceTimersByTimeAsync(1_500);
    expect([speaking.isSpeaking("bob"), speaking.isSpeaking("me")]).toEqual([false, false]);
    await sound(carol, 0.2, 2_000);
    expect(of("activeSpeaker").at(-1)).toEqual(["activeSpeaker", carol.info]);
    await sound(bob, 0.2, 3_000);
    expect(of("activeSpeaker").at(-1)).toEqual(["activeSpeaker", bob.info]);
    own.level = 0.1;
    await vi.advanceTimersByTimeAsync(300);
    expect(of("speaking").at(-1)).toEqual(["speaking", true, { peer: session.room.me }]);
  });

  it("can be closed by who hears that somebody has stopped, and does not listen again", async () => {
    const [bob, carol] = [new WatchedPeer("bob"), new WatchedPeer("carol")];
    const { ears, session, changed, speaking } = open([bob, carol]);
    await sound(bob, 0.2, 500);
    speaking.on("speaking", () => speaking.close());
    session.room.peers = [carol];
    changed();
    expect(ears).toMatchObject([{ state: "closed" }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells of oneself by the name that one has now", async () => {
    const { of, own, session, changed } = open([]);
    session.room.me = { ...session.room.me, name: "Renamed" };
    changed();
    own.level = 0.1;
    await vi.advanceTimersByTimeAsync(400);
    expect(of("speaking")).toMatchObject([["speaking", true, { peer: { name: "Renamed" } }]]);
  });
});
