import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ActiveSpeaker, type Heard, TAKE_OVER_MS } from "./active-speaker.js";
import { Lasting } from "./lasting.js";
import { loudness } from "./loudness.js";
import { VOICE, Voice } from "./voice.js";

/** Decibels as a level. */
const at = (db: number) => 10 ** (db / 20);

/** Looks each so many milliseconds, from a moment on; what was heard, and when. */
function listen(voice: Voice, db: (ms: number) => number, forMs: number, from = 0, everyMs = 60) {
  const looks: { ms: number; isSpeaking: boolean }[] = [];
  for (let ms = 0; ms <= forMs; ms += everyMs) {
    looks.push({ ms, isSpeaking: voice.hear(at(db(ms)), from + ms) });
  }
  return looks;
}

const every = fc.integer({ min: 50, max: 100 });

describe("a voice", () => {
  it("is heard within 300 ms, however quiet the room, and over within a second of silence", () => {
    const rooms = fc.integer({ min: -120, max: -50 });
    const voices = fc.integer({ min: -36, max: 0 });
    fc.assert(
      fc.property(rooms, voices, every, (room, db, everyMs) => {
        const voice = new Voice();
        listen(voice, () => room, 2_000, 0, everyMs);
        const speech = listen(voice, () => db, 1_000, 2_000 + everyMs, everyMs);
        expect(speech.find(({ isSpeaking }) => isSpeaking)?.ms).toBeLessThanOrEqual(300);
        const silence = listen(voice, () => room, 1_000, 4_000, everyMs);
        expect(silence.at(-1)?.isSpeaking).toBe(false);
      }),
    );
  });

  it("goes on through the pauses between words", () => {
    const voice = new Voice();
    const words = (ms: number) => (ms % 900 < 400 ? -20 : -70);
    const looks = listen(voice, words, 10_000).slice(10);
    expect(looks.every(({ isSpeaking }) => isSpeaking)).toBe(true);
  });

  it("is no click, and no noise of a room, which is learned if it is loud", () => {
    const click = new Voice();
    listen(click, () => -70, 2_000);
    const clicks = (ms: number) => (ms % 600 < 60 ? -10 : -70);
    const clicked = listen(click, clicks, 5_000, 2_060);
    expect(clicked.some(({ isSpeaking }) => isSpeaking)).toBe(false);
    const noise = fc.integer({ min: -120, max: -25 });
    fc.assert(
      fc.property(noise, (db) => {
        const looks = listen(new Voice(), () => db, 30_000);
        expect(looks.at(-1)?.isSpeaking).toBe(false);
      }),
    );
  });

  it("does not flicker, whatever is heard", () => {
    const levels = fc.array(fc.integer({ min: -120, max: 0 }), { minLength: 50, maxLength: 300 });
    fc.assert(
      fc.property(levels, every, (all, everyMs) => {
        const voice = new Voice();
        let began: number | undefined;
        for (const [index, db] of all.entries()) {
          const now = index * everyMs;
          const isSpeaking = voice.hear(at(db), now);
          if (isSpeaking) began ??= now;
          else if (began !== undefined) {
            expect(now - began).toBeGreaterThanOrEqual(VOICE.hangoverMs);
            began = undefined;
          }
        }
      }),
    );
  });
});

describe("the active speaker", () => {
  type Voices = Record<string, number>;

  /** Everybody's decibels at each moment; who is quiet does not speak. */
  function play(moments: Voices[], everyMs = 60, active = new ActiveSpeaker(), from = 0) {
    return moments.map((voices, index) => {
      const all = Object.entries(voices).map(([id, db]): [string, Heard] => [
        id,
        { loudness: loudness(at(db)), isSpeaking: db > -50 },
      ]);
      const now = from + index * everyMs;
      return { now, id: active.hear(new Map(all), now) };
    });
  }

  const during = (ms: number, voices: Voices) => Array(Math.ceil(ms / 60)).fill(voices);

  it("is who speaks, at once if nobody did, and stays so in silence", () => {
    const quiet = { a: -90, b: -90 };
    const told = play([...during(600, quiet), { a: -20, b: -90 }, ...during(5_000, quiet)]);
    expect(new Set(told.map(({ id }) => id))).toEqual(new Set([undefined, "a"]));
    expect(told.at(-1)?.id).toBe("a");
  });

  it("is not who coughs, but who takes over", () => {
    const talks = { a: -20, b: -90 };
    const cough = { a: -20, b: -3 };
    const coughed = play([...during(3_000, talks), ...during(300, cough), ...during(3_000, talks)]);
    expect(coughed.every(({ id }) => id === "a")).toBe(true);
    const over = play([...during(3_000, talks), ...during(2_000, { a: -90, b: -25 })]);
    expect(over.at(-1)?.id).toBe("b");
  });

  it("of two who talk at once is not now the one, now the other", () => {
    const both = Array.from({ length: 200 }, (_, i) => ({ a: -20 - (i % 7), b: -20 - (i % 5) }));
    expect(new Set(play(both).map(({ id }) => id)).size).toBe(1);
  });

  it("is nobody who has left", () => {
    const active = new ActiveSpeaker();
    play(during(1_000, { a: -20, b: -90 }), 60, active);
    expect(active.hear(new Map(), 1_060)).toBeUndefined();
  });

  it("stays for a while, whoever is how loud", () => {
    const voices = fc.record({
      a: fc.integer({ min: -90, max: 0 }),
      b: fc.integer({ min: -90, max: 0 }),
    });
    fc.assert(
      fc.property(fc.array(voices, { minLength: 2, maxLength: 200 }), (moments) => {
        const told = play(moments);
        const changes = told.filter(({ id }, index) => index > 0 && id !== told[index - 1]?.id);
        for (const [index, { now }] of changes.entries()) {
          const before = changes[index - 1];
          if (before) expect(now - before.now).toBeGreaterThanOrEqual(TAKE_OVER_MS);
        }
      }),
    );
  });
});

it("what lasts is told once it has lasted, and its end once it is over", () => {
  const lasting = new Lasting(300, 1_000);
  const see = (seems: boolean, ...times: number[]) => times.map((now) => lasting.see(seems, now));
  expect(see(true, 0, 200)).toEqual([undefined, undefined]);
  expect(see(false, 250)).toEqual([undefined]);
  expect(see(true, 300, 500, 600, 900)).toEqual([undefined, undefined, true, undefined]);
  expect(see(false, 1_000, 1_900, 2_000)).toEqual([undefined, undefined, false]);
  expect(lasting.end()).toBeUndefined();
  see(true, 3_000, 3_300);
  expect(lasting.end()).toBe(false);
});
