import { startCall } from "../lib/call.js";
import {
  attach,
  element,
  expectPictures,
  outputsOf,
  setSpeaker,
  sizeOf,
  sourceOf,
  tracksOf,
} from "../lib/playback.js";
import { expect, test } from "../lib/test.js";

const receiveOnly: MediaStreamConstraints = { audio: false, video: false };

test("An attached element shows the other side, whether it was attached before the call or in it", async ({
  openPair,
}) => {
  const [first, second] = await openPair();
  await attach(first, "early");
  await startCall(first, second);
  await attach(second, "late");
  for (const [peer, name] of [
    [first, "early"],
    [second, "late"],
  ] as const) {
    await expectPictures(peer, name);
    expect(await element(peer, name)).toMatchObject({ paused: false, muted: false });
    expect(await sizeOf(peer, name)).toEqual([320, 240]);
  }
  // Nobody wants to hear themselves.
  await attach(first, "own", "first");
  await expectPictures(first, "own");
  expect(await element(first, "own")).toMatchObject({ paused: false, muted: true });
});

test("An attached element goes on when the camera was off and when the other page was reloaded", async ({
  openPair,
  roomId,
}) => {
  const [first, second] = await openPair();
  await attach(first, "video");
  await startCall(first, second);
  await expectPictures(first, "video");

  await second.page.evaluate(() => cignal.camera.stop());
  await expect.poll(() => tracksOf(first, "video")).toEqual(["audio"]);
  await second.page.evaluate(() => cignal.camera.start());
  await expectPictures(first, "video");

  await second.page.evaluate(() => {
    cignal.camera.stop();
    cignal.microphone.stop();
  });
  await expect.poll(() => tracksOf(first, "video")).toEqual([]);
  await second.page.evaluate(() => cignal.camera.start());
  await expectPictures(first, "video");

  await second.page.reload();
  expect(await second.enter({ roomId, peerId: "second" })).toEqual({ success: true });
  await expectPictures(first, "video");
  expect(await first.events("playbackBlocked")).toEqual([]);
});

test("An attached element shows nothing once the peer has left, and the next one who comes", async ({
  openCall,
  openPeer,
}) => {
  const [first, second] = await openCall();
  await attach(first, "video");
  await expectPictures(first, "video");
  await second.leave();
  await expect.poll(() => sourceOf(first, "video")).toBeNull();

  const third = await openPeer({ peerId: "third" });
  await first.sees(1);
  await startCall(third, first);
  await expectPictures(first, "video");
});

test("An attached element shows a screen for as long as it is shared, at both sides", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  await attach(first, "screen", "first", true);
  await attach(second, "screen", undefined, true);
  await attach(second, "camera");
  for (let time = 1; time <= 2; time++) {
    const shared = first.page.evaluate(() => lab.answer(cignal.screen.start()));
    expect(await shared).toEqual({ success: true });
    for (const peer of [first, second]) await expectPictures(peer, "screen");
    expect(await element(first, "screen")).toMatchObject({ muted: true });
    expect(await sourceOf(second, "screen")).not.toBe(await sourceOf(second, "camera"));
    await first.page.evaluate(() => cignal.screen.stop());
    for (const peer of [first, second]) {
      await expect.poll(() => sourceOf(peer, "screen")).toBeNull();
    }
  }
  await expectPictures(second, "camera");
});

test("Detaching one element leaves the others alone, and leaving the room detaches all", async ({
  openCall,
}) => {
  const [first] = await openCall();
  for (const name of ["one", "two", "own"]) {
    await attach(first, name, name === "own" ? "first" : undefined);
    await expectPictures(first, name);
  }
  await first.page.evaluate(() => {
    detach["one"]?.();
    detach["one"]?.();
  });
  expect(await sourceOf(first, "one")).toBeNull();
  await expectPictures(first, "two");
  await first.leave();
  for (const name of ["two", "own"]) {
    expect(await sourceOf(first, name)).toBeNull();
    expect(await element(first, name)).toMatchObject({ paused: true, muted: false });
  }
});

test("What is no element is misuse", async ({ openPeer }) => {
  const { page } = await openPeer({ mediaConstraints: receiveOnly });
  const thrown = page.evaluate(() => {
    try {
      cignal.attach("#video" as unknown as HTMLVideoElement);
      return "nothing";
    } catch (error) {
      return String(error);
    }
  });
  expect(await thrown).toBe("TypeError: attach(element): expected a <video> or <audio> element");
});

test("Sound comes out of the device that was chosen, of what is attached now and later", async ({
  openCall,
}) => {
  const [first] = await openCall();
  await attach(first, "now");
  const [one, other] = await outputsOf(first);
  expect(await setSpeaker(first, one)).toEqual({ success: true });
  await attach(first, "later");
  await expect.poll(() => element(first, "later")).toMatchObject({ sinkId: one });
  expect(await element(first, "now")).toMatchObject({ sinkId: one });

  expect(await setSpeaker(first, "unknown")).toMatchObject({
    success: false,
    error: { code: "device-not-found", device: "speaker" },
  });
  expect(await setSpeaker(first, other)).toEqual({ success: true });
  for (const name of ["now", "later"]) {
    expect(await element(first, name)).toMatchObject({ sinkId: other });
    await expectPictures(first, name);
  }
  expect(await setSpeaker(first, "")).toEqual({ success: true });
  expect(await element(first, "now")).toMatchObject({ sinkId: "" });
  expect(await first.clientErrors()).toHaveLength(1);
});

test("A browser that cannot choose where sound comes out says so, and plays", async ({
  openCall,
}) => {
  const before = () => {
    Reflect.deleteProperty(HTMLMediaElement.prototype, "setSinkId");
  };
  const [first] = await openCall({}, { before });
  await attach(first, "video");
  const [output] = await outputsOf(first);
  expect(await setSpeaker(first, output)).toMatchObject({
    success: false,
    error: { code: "not-supported", device: "speaker" },
  });
  await expectPictures(first, "video");
});

test("Elements and listeners of the page that fail harm no other", async ({ openPair }) => {
  const [first, second] = await openPair();
  await first.page.evaluate(() => {
    cignal.on("stateChanged", () => {
      throw new Error("a listener");
    });
    const broken = document.createElement("video");
    broken.play = () => {
      throw new Error("an element");
    };
    cignal.attach(broken);
  });
  await attach(first, "video");
  await startCall(first, second);
  await expectPictures(first, "video");
  await second.leave();
  await expect.poll(() => sourceOf(first, "video")).toBeNull();
  expect(new Set(first.pageErrors.splice(0))).toEqual(new Set(["Error: a listener"]));
});
