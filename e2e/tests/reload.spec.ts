import { startCall } from "../lib/call.js";
import { expectAudio, expectFrames, expectSilence } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const me = ({ page }: Peer) => page.evaluate(() => cignal.data.myPeerId);

for (const peerIds of [
  ["a", undefined],
  ["~", undefined],
  ["a", "b"],
] as const) {
  const who = peerIds[1]
    ? "with an id of the app's"
    : `with an id of its own, against ${peerIds[0]}`;
  test(`L4, D7: a reloaded page comes back as the same peer and the call goes on (${who})`, async ({
    openPeer,
    roomId,
    server,
  }) => {
    const [peerId, own] = peerIds;
    const stays = await openPeer({ peerId });
    const reloads = await openPeer({ peerId: own });
    await stays.sees(1);
    await startCall(stays, reloads);
    const id = await me(reloads);

    await reloads.page.reload();
    await expect
      .poll(() => stays.events("reconnecting"))
      .toMatchObject([[{ peer: { id }, cause: "page-hidden" }]]);
    expect(await reloads.enter({ roomId, peerId: own })).toEqual({ success: true });

    expect(await me(reloads)).toBe(id);
    await expectFrames(stays.page, reloads.page);
    await expectAudio(stays.page, reloads.page);
    await expect.poll(() => stays.events("reconnected")).toHaveLength(1);
    expect(await stays.events("peerHangUp")).toEqual([]);
    expect(await stays.events("peerJoined")).toHaveLength(1);
    expect(await stays.events("remoteStream")).toHaveLength(1);
    expect(await reloads.events("remoteStream")).toHaveLength(1);
    expect(await reloads.events("offerReceived")).toHaveLength(1);
    const [room] = await server.cignal.rooms.all();
    expect(room?.peers).toHaveLength(2);
  });
}

test("What was muted or switched off stays so on the reloaded page, and no device is asked for in vain", async ({
  openCall,
  roomId,
}) => {
  const [stays, reloads] = await openCall();
  await reloads.page.evaluate(() => {
    cignal.microphone.mute();
    cignal.camera.stop();
  });
  const media = async () => (await stays.state()).peers[0];
  await expect.poll(media).toMatchObject({ microphone: "muted", camera: "off" });

  await reloads.page.reload();
  expect(await reloads.enter({ roomId, peerId: "second" })).toEqual({ success: true });
  await expect.poll(() => reloads.state()).toMatchObject({ microphone: "muted", camera: "off" });
  await expect.poll(() => stays.events("reconnected")).toHaveLength(1);
  expect(await media()).toMatchObject({ microphone: "muted", camera: "off" });
  expect(await reloads.capturedTracks()).toEqual(["live"]);
  await expectSilence(stays.page);

  await reloads.page.evaluate(() => {
    cignal.microphone.unmute();
    return cignal.camera.start();
  });
  await expectFrames(stays.page);
  await expectAudio(stays.page);
});

test("L4: reloading again and again leaves no ghost, also before the call", async ({
  openPeer,
  roomId,
}) => {
  const options = { mediaConstraints: { audio: false, video: false } };
  const stays = await openPeer({ ...options, peerId: "stays" });
  const reloads = await openPeer(options);
  const id = await me(reloads);
  for (let time = 0; time < 4; time++) {
    await reloads.page.reload();
    expect(await reloads.enter({ ...options, roomId })).toEqual({ success: true });
    expect(await me(reloads)).toBe(id);
  }
  await Promise.all([stays.isConnected(), reloads.isConnected()]);
  expect(await reloads.call()).toEqual({ success: true });
  await stays.inform("one");
  await reloads.inform("two");
  await expect.poll(() => reloads.informations()).toEqual(["one"]);
  await expect.poll(() => stays.informations()).toEqual(["two"]);
  expect(await stays.events("peerJoined")).toHaveLength(1);
});

test.describe("in a room of three", () => {
  test.use({ serverOptions: { cignal: { maxPeers: 3 } } });

  test("L4: a copy of a tab is somebody else, and takes nothing over", async ({
    openCall,
    roomId,
  }) => {
    const [first, second] = await openCall({ peerId: undefined });
    const id = await me(second);

    // A duplicated tab has a copy of the session storage.
    const memory = await second.page.evaluate(() => JSON.stringify(sessionStorage));
    const copy = await second.page.context().newPage();
    await copy.addInitScript((memory) => {
      for (const [key, value] of Object.entries(JSON.parse(memory))) {
        sessionStorage.setItem(key, String(value));
      }
    }, memory);
    await copy.goto(second.page.url());
    const copyId = await copy.evaluate(async (roomId) => {
      const cignal = await Cignal.createRoom({ roomId, mediaConstraints: {} });
      return cignal.data.myPeerId;
    }, roomId);

    expect(copyId).not.toBe(id);
    await first.sees(2);
    await expectFrames(first.page, second.page);
    expect(await second.page.evaluate(() => cignal.closed)).toBe(false);
    expect(await first.events("peerHangUp")).toEqual([]);
  });
});

test("L5: who has left enters as somebody else", async ({ openPeer, roomId }) => {
  const peer = await openPeer();
  const id = await me(peer);
  await peer.leave();
  await peer.page.reload();
  await peer.enter({ roomId });
  expect(await me(peer)).not.toBe(id);
});

test("P6, L7: a page that goes away for good is missed at once and gone after the return period, once", async ({
  openCall,
  server,
}) => {
  const [first, second] = await openCall();

  await second.page.goto("about:blank");

  await expect.poll(() => first.events("reconnecting")).toMatchObject([[{ cause: "page-hidden" }]]);
  expect(await first.events("peerHangUp")).toEqual([]);
  await expect.poll(() => first.events("peerHangUp")).toMatchObject([[{ reason: "left" }, {}]]);
  expect((await server.cignal.rooms.all())[0]?.peers).toHaveLength(1);
});
