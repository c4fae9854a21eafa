import { addSample } from "../lib/part.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

test.use({ serverOptions: { cignal: { maxPeers: 3 } } });

async function openSample(peer: Peer) {
  await peer.page.evaluate(() => {
    document.body.innerHTML = "<p id=held></p>";
  });
  await addSample(peer, "orientation.js");
  return peer.page.locator("#held");
}

/** Turns the device, as a person does. */
async function turn({ page }: Peer, angle: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setDeviceMetricsOverride", {
    ...{ width: 800, height: 600, deviceScaleFactor: 1, mobile: true },
    screenOrientation: { type: "landscapePrimary", angle },
  });
}

test("G1, G2: the sample of docs/orientation.md shows how a phone is held, also to who comes later and who reloads", async ({
  openPeer,
  roomId,
}) => {
  const options = { mediaConstraints: { audio: false, video: false } };
  const first = await openPeer({ ...options, peerName: "Ann" });
  const second = await openPeer({ ...options, peerName: "Ben", peerId: "second" });
  await openSample(first);
  const held = await openSample(second);
  await turn(first, 90);
  await expect(held).toHaveText("Ann: 90°, unknown camera");

  const late = await openSample(await openPeer({ ...options, peerName: "Cleo" }));
  await expect(late).toHaveText("Ann: 90°, unknown camera; Ben: 0°, unknown camera");
  await second.page.reload();
  const again = { ...options, roomId, peerId: "second" };
  expect(await second.enter(again)).toEqual({ success: true });
  await expect(await openSample(second)).toHaveText(/^Ann: 90°/);
  await turn(first, 180);
  for (const each of [late, second.page.locator("#held")]) {
    await expect(each).toHaveText(/^Ann: 180°/);
  }
});
