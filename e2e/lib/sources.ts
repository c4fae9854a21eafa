import { expect } from "@playwright/test";
import { interruptionsOf, watchForInterruptions } from "./interruptions.js";
import { expectAudio, expectFrames, expectSilence } from "./media.js";
import type { Peer } from "./peer.js";

/** In a call of these two, `first` mutes and speaks again, and `second` hears it and is told. */
export async function expectMuteAndUnmute(first: Peer, second: Peer): Promise<void> {
  await expectAudio(second.page);

  await first.page.evaluate(() => cignal.microphone.mute());
  await expectSilence(second.page);
  const { me } = await first.state();
  expect(await lastMedia(second)).toMatchObject([
    { microphone: "muted", camera: "on" },
    { peer: { id: me.id } },
  ]);
  expect((await second.state()).peers).toMatchObject([{ microphone: "muted", camera: "on" }]);
  expect(await first.capturedTracks()).toEqual(["live", "live"]);
  expect(await first.state()).toMatchObject({ microphone: "muted", camera: "live" });

  await first.page.evaluate(() => cignal.microphone.unmute());
  await expectAudio(second.page);
  expect(await lastMedia(second)).toMatchObject([{ microphone: "on", camera: "on" }, {}]);
  expect(await first.capturedTracks()).toEqual(["live", "live"]);
}

/** In a call of these two, `first` switches the camera off and on, twice, and nothing is negotiated. */
export async function expectCameraOffAndOn(first: Peer, second: Peer): Promise<void> {
  for (const peer of [first, second]) await watchForInterruptions(peer);

  for (let time = 1; time <= 2; time++) {
    await first.page.evaluate(() => cignal.camera.stop());
    await expect.poll(() => remoteKinds(second)).toEqual(["audio"]);
    expect((await first.capturedTracks()).filter((state) => state === "live")).toHaveLength(1);
    expect(await sentBy(first)).toEqual(["audio", undefined]);
    expect(await lastMedia(second)).toMatchObject([{ microphone: "on", camera: "off" }, {}]);

    expect(await first.page.evaluate(() => lab.answer(cignal.camera.start()))).toEqual({
      success: true,
    });
    await expect.poll(() => remoteKinds(second)).toEqual(["audio", "video"]);
    await expectFrames(first.page, second.page);
  }

  for (const peer of [first, second]) expect(await interruptionsOf(peer)).toEqual([]);
  expect(await second.events("remoteStream")).toHaveLength(1);
  expect(await first.events("localStream")).toHaveLength(1);
}

/** The newest word on what the other side sends. */
async function lastMedia(peer: Peer): Promise<readonly unknown[] | undefined> {
  return (await peer.events("peerMediaChanged")).at(-1);
}

/** The kinds in the remote stream. */
function remoteKinds({ page }: Peer): Promise<string[]> {
  return page.evaluate(() =>
    lab.remoteStreams.flatMap((stream) => stream.getTracks().map(({ kind }) => kind)).sort(),
  );
}

/** What each sender of the call sends. */
function sentBy({ page }: Peer): Promise<(string | undefined)[]> {
  return page.evaluate(() => cignal.pc?.getSenders().map(({ track }) => track?.kind) ?? []);
}
