import { describe, expect, it, vi } from "vitest";
import { attempt } from "../../test/attempt.js";
import { fakeStorage, fakeStream } from "../../test/fake-browser.js";
import { FakePlayer, FakeSpeakers } from "../../test/fake-player.js";
import type { CignalError } from "../errors.js";
import { DeviceMemory } from "../media/device-memory.js";
import { OnDemandPlayback } from "./on-demand-playback.js";

/** A page in a call with Bob. */
function call({ mayPlay = true, storage = fakeStorage() } = {}) {
  const policy = { mayPlay };
  const bobs = fakeStream("audio", "video");
  const speakers = new FakeSpeakers();
  const errors: CignalError[] = [];
  const onBlocked = vi.fn();
  const playback = new OnDemandPlayback({
    memory: new DeviceMemory(storage),
    ownId: "me",
    others: () => ["bob"],
    streamOf: (id) => (id === "bob" ? bobs : null),
    createAudio: () => speakers.equip({}),
    onBlocked,
    attempt: attempt((error) => errors.push(error)),
  });
  const player = () =>
    speakers.equip(new FakePlayer(policy)) as unknown as FakePlayer & HTMLMediaElement;
  return { playback, player, policy, bobs, errors, onBlocked };
}

const isLoaded = () => import("./playback.js").then(() => new Promise(setImmediate));

describe("the speaker", () => {
  it("that was chosen on an earlier page is used as soon as it is there", async () => {
    const storage = fakeStorage();
    const before = call({ storage });
    expect(await before.playback.setSpeaker("desk")).toEqual({ success: true });
    expect(await before.playback.setSpeaker("nowhere")).toMatchObject({ success: false });

    const { playback, player } = call({ storage });
    const element = player();
    playback.attach(element);
    await isLoaded();
    expect(element.sinkId).toBe("");
    playback.onDevices(["head", "desk"]);
    await vi.waitFor(() => expect(element.sinkId).toBe("desk"));
  });

  it("is known to be there also if playback is loaded after that", async () => {
    const storage = fakeStorage();
    await call({ storage }).playback.setSpeaker("desk");
    const { playback, player } = call({ storage });
    playback.onDevices(["desk"]);
    const element = player();
    playback.attach(element);
    await vi.waitFor(() => expect(element.sinkId).toBe("desk"));
  });
});

describe("what is attached while playback is being loaded", () => {
  it("shows as soon as it is there", async () => {
    const { playback, player, bobs } = call();
    const element = player();
    playback.attach(element);
    await isLoaded();
    expect(element.srcObject).toBe(bobs);
  });

  it("may be detached, or attached to something else, by then", async () => {
    const { playback, player, bobs } = call();
    const [detached, own, other] = [player(), player(), player()];
    const detach = playback.attach(detached);
    detach();
    detach();
    playback.attach(own);
    playback.attach(own, { peer: "me" });
    playback.attach(other, { peer: "me" });
    playback.attach(other);
    await isLoaded();
    expect([detached, own, other].map(({ srcObject }) => srcObject)).toEqual([null, null, bobs]);
    expect(detached.play).not.toHaveBeenCalled();
  });

  it("is not attached any more if the room was left by then", async () => {
    const { playback, player } = call();
    const element = player();
    playback.attach(element);
    playback.end();
    await isLoaded();
    expect(element).toMatchObject({ srcObject: null, attributes: [] });
  });
});

it.each([undefined, null, "#video", {}, fakeStream("video")])(
  "refuses to attach %o as misuse",
  (element) => {
    const { playback } = call();
    expect(() => playback.attach(element as HTMLMediaElement)).toThrow(
      new TypeError("attach(element): expected a <video> or <audio> element"),
    );
  },
);

it("plays and resumes in the task of the click once it is loaded", async () => {
  const { playback, player, policy, onBlocked, errors } = call({ mayPlay: false });
  const element = player();
  playback.attach(element);
  await isLoaded();
  expect(onBlocked).toHaveBeenCalledTimes(1);
  expect(await playback.resume()).toMatchObject({ error: { code: "playback-blocked" } });
  expect(errors).toMatchObject([{ code: "playback-blocked", retryable: true }]);

  policy.mayPlay = true;
  const resumed = playback.resume();
  const attached = player();
  playback.attach(attached);
  policy.mayPlay = false;
  expect([element.paused, attached.paused]).toEqual([false, false]);
  expect(await resumed).toEqual({ success: true });
});

it("has nothing to resume where nothing plays", async () => {
  const { playback } = call();
  expect(await playback.resume()).toEqual({ success: true });
});

it("keeps the output device for what is attached later", async () => {
  const { playback, player } = call();
  expect(await playback.setSpeaker("desk")).toEqual({ success: true });
  const element = player();
  playback.attach(element);
  await isLoaded();
  expect(element.sinkId).toBe("desk");
  playback.onDevices(["head"]);
  await isLoaded();
  expect(element.sinkId).toBe("");
  expect(await playback.setSpeaker("kitchen")).toMatchObject({
    error: { code: "device-not-found", device: "speaker" },
  });
});

it("says so if it cannot be loaded, and tries again when it is asked again", async () => {
  vi.doMock("./playback.js", () => {
    throw new TypeError("Failed to fetch");
  });
  const { playback, player, errors, bobs } = call();
  const element = player();
  playback.attach(element);
  expect(await playback.setSpeaker("desk")).toMatchObject({ error: { code: "not-loaded" } });
  expect(errors).toMatchObject([{ code: "not-loaded" }, { code: "not-loaded" }]);
  vi.doUnmock("./playback.js");
  playback.attach(element);
  await isLoaded();
  expect(element.srcObject).toBe(bobs);
});
