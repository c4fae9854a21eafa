import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { fakeStream } from "../../test/fake-browser.js";
import { FakePlayer } from "../../test/fake-player.js";
import type { AttachOptions, Player } from "./attachment.js";
import { Playback } from "./playback.js";

/** A room in which we are "me", and a browser that may refuse to play. */
function room({ mayPlay = true } = {}) {
  const policy = { mayPlay };
  const sent = new Map<string, MediaStream>();
  const others: string[] = [];
  const onBlocked = vi.fn();
  const playback = new Playback({
    ownId: "me",
    others: () => others,
    streamOf: (id, screen) => sent.get(screen ? `${id}'s screen` : id) ?? null,
    createAudio: () => ({}),
    onBlocked,
  });
  return {
    policy,
    playback,
    onBlocked,
    player: () => new FakePlayer(policy) as FakePlayer & Player,
    joins(id: string) {
      others.push(id);
      playback.update();
    },
    sends(what: string): MediaStream {
      const stream = fakeStream("audio", "video");
      sent.set(what, stream);
      playback.update();
      return stream;
    },
    leaves(id: string) {
      others.splice(0, others.length, ...others.filter((other) => other !== id));
      sent.delete(id);
      playback.update();
    },
  };
}

const settle = () => new Promise(setImmediate);

describe("what an element shows", () => {
  it("is what the peer sends, as soon as they send it and as long as they are here", () => {
    const { playback, player, joins, sends, leaves } = room();
    const element = player();
    playback.attach(element, { peer: "bob" });
    expect(element).toMatchObject({ autoplay: true, attributes: ["playsinline"], srcObject: null });
    joins("bob");
    expect(element.play).not.toHaveBeenCalled();
    const first = sends("bob");
    expect(element).toMatchObject({ srcObject: first, paused: false, muted: false });
    leaves("bob");
    expect(element.srcObject).toBeNull();
    joins("bob");
    expect(element.srcObject).toBeNull();
    const second = sends("bob");
    expect(element).toMatchObject({ srcObject: second, paused: false });
    expect(element.play).toHaveBeenCalledTimes(2);
  });

  it("is what is there already, if it is attached late", () => {
    const { playback, player, joins, sends } = room();
    joins("bob");
    const stream = sends("bob");
    const element = player();
    playback.attach(element);
    expect(element).toMatchObject({ srcObject: stream, paused: false });
  });

  it("is by default the first who sends anything, until they leave", () => {
    const { playback, player, joins, sends, leaves } = room();
    const element = player();
    playback.attach(element);
    sends("me");
    joins("bob");
    joins("carol");
    const carols = sends("carol");
    expect(element.srcObject).toBe(carols);
    const bobs = sends("bob");
    expect(element.srcObject).toBe(carols);
    leaves("carol");
    expect(element.srcObject).toBe(bobs);
    leaves("bob");
    expect(element.srcObject).toBeNull();
    joins("dave");
    const daves = sends("dave");
    expect(element.srcObject).toBe(daves);
  });

  it("is a peer's screen, if that is wanted, and never their camera", () => {
    const { playback, player, joins, sends } = room();
    const [screen, camera] = [player(), player()];
    playback.attach(screen, { screen: true });
    playback.attach(camera);
    joins("bob");
    const face = sends("bob");
    expect(screen.srcObject).toBeNull();
    const slides = sends("bob's screen");
    expect([screen.srcObject, camera.srcObject]).toEqual([slides, face]);
  });

  it("is oneself without sound, and with the sound that it had for others", () => {
    const { playback, player, sends, joins } = room();
    joins("bob");
    const own = sends("me");
    const bobs = sends("bob");
    const [element, quiet] = [player(), player()];
    quiet.muted = true;
    for (const each of [element, quiet]) {
      playback.attach(each, { peer: "me" });
      expect(each).toMatchObject({ srcObject: own, muted: true });
      playback.attach(each, { peer: "bob" });
      expect(each).toMatchObject({ srcObject: bobs, muted: each === quiet });
    }
    playback.attach(element, { peer: "me" })();
    expect(element).toMatchObject({ srcObject: null, muted: false });
  });

  it("is what it was attached to last, and what was before can no more detach it", () => {
    const { playback, player, joins, sends } = room();
    joins("bob");
    joins("carol");
    sends("bob");
    const carols = sends("carol");
    const element = player();
    const detachBob = playback.attach(element, { peer: "bob" });
    const detachCarol = playback.attach(element, { peer: "carol" });
    detachBob();
    expect(element.srcObject).toBe(carols);
    detachCarol();
    expect(element.srcObject).toBeNull();
    playback.attach(element, { peer: "carol" });
    detachCarol();
    expect(element.srcObject).toBe(carols);
  });

  it("does not start anew if it is attached to what it shows", () => {
    const { playback, player, joins, sends } = room();
    joins("bob");
    sends("bob");
    const element = player();
    playback.attach(element);
    playback.attach(element, { peer: "bob" });
    expect(element.play).toHaveBeenCalledTimes(1);
  });

  it("is nothing after the end, whatever comes then", () => {
    const { playback, player, joins, sends } = room();
    joins("bob");
    const elements = [player(), player()];
    for (const element of elements) playback.attach(element);
    sends("bob");
    playback.end();
    sends("bob");
    expect(elements.map(({ srcObject }) => srcObject)).toEqual([null, null]);
  });

  it("is left alone by us once somebody else has taken it", () => {
    const { playback, player, joins, sends, leaves } = room();
    const [element, other] = [player(), player()];
    for (const each of [element, other]) playback.attach(each);
    joins("bob");
    sends("bob");
    const theirs = fakeStream("video");
    element.srcObject = theirs;
    leaves("bob");
    playback.end();
    expect([element.srcObject, other.srcObject]).toEqual([theirs, null]);
  });

  it("does not depend on another element that throws", async () => {
    const { playback, player, joins, sends, onBlocked } = room();
    const [broken, element] = [player(), player()];
    broken.play.mockImplementation(() => {
      throw new Error("of the page's own making");
    });
    for (const each of [broken, element]) playback.attach(each);
    joins("bob");
    sends("bob");
    await settle();
    expect(element.paused).toBe(false);
    expect(onBlocked).not.toHaveBeenCalled();
  });
});

describe("a browser that wants a click", () => {
  it("is told once, and a click plays all that it has refused, in the same task", async () => {
    const { policy, playback, player, joins, sends, onBlocked } = room({ mayPlay: false });
    const elements = [player(), player()];
    for (const element of elements) playback.attach(element);
    joins("bob");
    sends("bob");
    await settle();
    expect(onBlocked).toHaveBeenCalledTimes(1);

    policy.mayPlay = true;
    const resumed = playback.resume();
    expect(elements.map(({ paused }) => paused)).toEqual([false, false]);
    policy.mayPlay = false;
    expect(await resumed).toBeUndefined();

    joins("carol");
    playback.attach(player(), { peer: "carol" });
    sends("carol");
    await settle();
    expect(onBlocked).toHaveBeenCalledTimes(2);
  });

  it("may refuse again, which is the outcome and no event", async () => {
    const { policy, playback, player, joins, sends, onBlocked } = room({ mayPlay: false });
    joins("bob");
    sends("bob");
    const element = player();
    playback.attach(element);
    await settle();
    const refused = await playback.resume();
    expect(refused).toMatchObject({ code: "playback-blocked", retryable: true });
    expect(onBlocked).toHaveBeenCalledTimes(1);
    policy.mayPlay = true;
    expect(await playback.resume()).toBeUndefined();
    expect(element.paused).toBe(false);
  });

  it("is not what refuses when another stream takes the place of one, or none", async () => {
    const { playback, player, joins, sends, leaves, onBlocked } = room();
    playback.attach(player());
    joins("bob");
    sends("bob");
    leaves("bob");
    joins("carol");
    sends("carol");
    await settle();
    expect(onBlocked).not.toHaveBeenCalled();
    expect(await playback.resume()).toBeUndefined();
  });

  it("has not refused what has taken the place of what it refused", async () => {
    const { policy, playback, player, joins, sends, onBlocked } = room({ mayPlay: false });
    joins("bob");
    joins("carol");
    sends("bob");
    sends("carol");
    const element = player();
    playback.attach(element, { peer: "bob" });
    policy.mayPlay = true;
    playback.attach(element, { peer: "carol" });
    await settle();
    expect(onBlocked).not.toHaveBeenCalled();
  });

  it("does not refuse oneself, who is silent", async () => {
    const { playback, player, sends, onBlocked } = room({ mayPlay: false });
    const element = player();
    playback.attach(element, { peer: "me" });
    sends("me");
    await settle();
    expect(element.paused).toBe(false);
    expect(onBlocked).not.toHaveBeenCalled();
  });

  it("has nothing to resume of what is gone", async () => {
    const { playback, player, joins, sends, leaves } = room({ mayPlay: false });
    const [gone, detached] = [player(), player()];
    playback.attach(gone, { peer: "bob" });
    const detach = playback.attach(detached, { peer: "carol" });
    for (const id of ["bob", "carol"]) {
      joins(id);
      sends(id);
    }
    await settle();
    leaves("bob");
    detach();
    for (const each of [gone, detached]) each.play.mockClear();
    expect(await playback.resume()).toBeUndefined();
    for (const each of [gone, detached]) expect(each.play).not.toHaveBeenCalled();
  });
});

it("shows what was wanted last and tells of each refusal once, however all that mixes", async () => {
  const ids = ["me", "bob", "carol"] as const;
  const element = fc.nat(2);
  const step = fc.oneof(
    fc.record({
      do: fc.constant("attach" as const),
      element,
      peer: fc.option(fc.constantFrom(...ids)),
    }),
    fc.record({ do: fc.constant("detach" as const), element }),
    fc.record({
      do: fc.constantFrom("sends" as const, "leaves" as const),
      peer: fc.constantFrom(...ids),
    }),
    fc.record({
      do: fc.constantFrom("allow" as const, "forbid" as const, "resume" as const, "wait" as const),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { policy, playback, player, joins, sends, leaves, onBlocked } = room();
      const players = [player(), player(), player()];
      // The model: what each element was attached to, what each sends, and who is shown by default.
      const wanted = new Map<FakePlayer, { peer: string | null; shown?: string }>();
      const detach = new Map<FakePlayer, () => void>();
      const sent = new Map<string, MediaStream>();
      const present: string[] = [];
      const isBlocked = () => players.some((each) => each.srcObject !== null && each.paused);

      for (const each of steps) {
        if (each.do === "attach") {
          const chosen = players[each.element];
          if (!chosen) continue;
          const what: AttachOptions = each.peer === null ? {} : { peer: each.peer };
          detach.set(chosen, playback.attach(chosen, what));
          wanted.set(chosen, { peer: each.peer });
        } else if (each.do === "detach") {
          const chosen = players[each.element];
          if (!chosen) continue;
          detach.get(chosen)?.();
          wanted.delete(chosen);
        } else if (each.do === "sends") {
          if (sent.has(each.peer)) continue;
          if (each.peer !== "me") {
            present.push(each.peer);
            joins(each.peer);
          }
          sent.set(each.peer, sends(each.peer));
        } else if (each.do === "leaves") {
          sent.delete(each.peer);
          present.splice(0, present.length, ...present.filter((id) => id !== each.peer));
          leaves(each.peer);
        } else if (each.do === "allow" || each.do === "forbid") {
          policy.mayPlay = each.do === "allow";
        } else if (each.do === "resume") {
          await settle();
          const told = onBlocked.mock.calls.length;
          const problem = await playback.resume();
          expect(problem === undefined).toBe(!isBlocked());
          expect(onBlocked).toHaveBeenCalledTimes(told);
        } else {
          await settle();
          if (isBlocked()) expect(onBlocked).toHaveBeenCalled();
        }
        for (const one of players) {
          const want = wanted.get(one);
          if (!want) {
            expect(one).toMatchObject({ srcObject: null, muted: false });
            continue;
          }
          if (want.peer === null && !sent.has(want.shown ?? "")) {
            const [first] = present.filter((id) => sent.has(id));
            if (first === undefined) delete want.shown;
            else want.shown = first;
          }
          expect(one.srcObject).toBe(sent.get(want.peer ?? want.shown ?? "") ?? null);
          expect(one.muted).toBe(want.peer === "me");
        }
      }

      policy.mayPlay = true;
      await settle();
      expect(await playback.resume()).toBeUndefined();
      expect(isBlocked()).toBe(false);
      playback.end();
      expect(players.every(({ srcObject, muted }) => srcObject === null && !muted)).toBe(true);
    }),
  );
});
