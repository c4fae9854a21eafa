import { expect, test } from "../lib/test.js";

/** Nobody looks at a picture here. */
const mediaConstraints = { audio: false, video: false };

test("H12, R1: members of a room see what each page runs on, but of who wants privacy", async ({
  openPeer,
  roomId,
  startServer,
}) => {
  const server = await startServer({ cignal: { maxPeers: 3 } });
  const open = (peerId: string, more: object) =>
    openPeer({ roomId, peerId, mediaConstraints, ...more }, { url: server.url });
  const first = await open("first", { appVersion: "2.1" });
  const second = await open("second", {});
  await open("hidden", { appVersion: "2.1", iceTransportPolicy: "relay" });
  await second.sees(2);
  const { peers } = await second.state();
  expect(peers.find(({ id }) => id === "first")?.about).toEqual({
    platform: "Web",
    version: expect.stringMatching(/^Chrome \d+$/),
    appVersion: "2.1",
    device: "desktop",
    network: await first.page.evaluate(
      () => (navigator as { connection?: { effectiveType: string } }).connection?.effectiveType,
    ),
  });
  expect(peers.find(({ id }) => id === "hidden")).not.toHaveProperty("about");
});
