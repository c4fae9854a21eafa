import { addParts, addSample } from "../lib/part.js";
import { expect, test } from "../lib/test.js";
import { sendTone } from "../lib/tone.js";

test("A tone is speech on both sides, muted it is talk in vain, and nothing at all is a silent microphone", async ({
  openPair,
}) => {
  const [first, second] = await openPair({ mediaConstraints: { audio: true } });
  await sendTone(first.page);
  expect(await first.call()).toEqual({ success: true });
  await second.page.evaluate(() => {
    document.body.insertAdjacentHTML(
      "beforeend",
      "<p id=who></p><p id=hint></p><meter id=meter></meter>",
    );
  });
  await second.page.evaluate(() => {
    const { clone } = MediaStreamTrack.prototype;
    const copies: MediaStreamTrack[] = [];
    MediaStreamTrack.prototype.clone = function () {
      const copy = clone.call(this);
      copies.push(copy);
      return copy;
    };
    globalThis.copiesOf = () => copies.map(({ readyState }) => readyState);
  });
  await addSample(second, "speaking.js");
  await addParts(first);
  await first.page.evaluate(() => {
    globalThis.toldOfSelf = {};
    const speaking = parts.watchSpeaking(cignal, { silentAfterMs: 1_000 });
    speaking.on("speaking", (isSpeaking, { peer }) => {
      if (peer.id === cignal.data.myPeerId) globalThis.toldOfSelf["speaking"] = isSpeaking;
    });
    for (const name of ["talkingWhileMuted", "silentMicrophone"] as const) {
      speaking.on(name, (isSo) => {
        globalThis.toldOfSelf[name] = isSo;
      });
    }
  });
  const own = () => first.page.evaluate(() => globalThis.toldOfSelf);
  const who = second.page.locator("#who");

  await expect.poll(own).toEqual({ silentMicrophone: true });
  await expect(who).toHaveText("");
  await first.page.evaluate(() => globalThis.setTone(0.3));
  await expect.poll(own).toEqual({ silentMicrophone: false, speaking: true });
  await expect(who).toHaveText("Peer");

  await first.page.evaluate(() => cignal.microphone.mute());
  await expect
    .poll(own)
    .toEqual({ silentMicrophone: false, speaking: false, talkingWhileMuted: true });
  await first.page.evaluate(() => cignal.microphone.unmute());
  await expect.poll(own).toMatchObject({ speaking: true, talkingWhileMuted: false });

  // Its copy would keep the device.
  expect(await second.page.evaluate(() => globalThis.copiesOf())).toEqual(["live"]);
  await second.page.evaluate(() => cignal.microphone.stop());
  expect(await second.page.evaluate(() => globalThis.copiesOf())).toEqual(["ended"]);
});

declare global {
  var toldOfSelf: Record<string, boolean>;
  var copiesOf: () => MediaStreamTrackState[];
}
