import { startCall } from "../lib/call.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import { expect, test } from "../lib/test.js";

test("J2, H4, DEFECTS 7: a third peer is refused, keeps neither socket nor camera, and the pair's call goes on", async ({
  openPage,
  openCall,
  roomId,
  server,
}) => {
  const pair = await openCall();
  const third = await openPage();

  const answer = await third.enter({ roomId, peerId: "third" });

  expect(answer).toMatchObject({
    success: false,
    error: { name: "CignalError", code: "room-full", message: expect.stringMatching(/\w+ \w+/) },
  });
  await expect.poll(() => third.capturedTracks()).toEqual(["ended", "ended"]);
  await expect.poll(() => server.clients).toBe(2);
  await expectFrames(pair[0].page, pair[1].page);
  await expectAudio(pair[0].page, pair[1].page);
  for (const peer of pair) {
    expect(await peer.connectionStates()).toEqual(["connected"]);
    expect(await peer.events("peerJoined")).toHaveLength(1);
    expect(await peer.events("peerHangUp")).toEqual([]);
  }
});

test.describe("in a room with a free place", () => {
  test.use({ serverOptions: { cignal: { maxPeers: 3 } } });

  test("J3, H4, DEFECTS 5: a stranger with a peer's id is refused, and nothing arrives twice", async ({
    openPage,
    openPair,
    roomId,
    server,
  }) => {
    // Cold, so that the server carries what is said.
    const [first, second] = await openPair({ warm: false });
    const stranger = await openPage();
    await stranger.holdDevices();

    expect(await stranger.enter({ roomId, peerId: "first" })).toMatchObject({
      success: false,
      error: { name: "CignalError", code: "peer-id-taken" },
    });

    await stranger.releaseDevices();
    await expect.poll(() => stranger.capturedTracks()).toEqual(["ended", "ended"]);
    await expect.poll(() => server.clients).toBe(2);
    await second.inform("one");
    await second.inform("two");
    await expect.poll(() => first.informations()).toEqual(["one", "two"]);
    await startCall(first, second);
    for (const peer of [first, second]) {
      expect(await peer.events("peerJoined")).toHaveLength(1);
      expect(await peer.events("peerHangUp")).toEqual([]);
    }
  });

  test("J3: the same peer id in another room is somebody else", async ({ openPeer }) => {
    const options = { peerId: "same", mediaConstraints: { audio: false, video: false } };
    const here = await openPeer({ ...options, roomId: "here" });
    const there = await openPeer({ ...options, roomId: "there" });
    for (const peer of [here, there]) expect((await peer.state()).peers).toEqual([]);
  });
});

test("createRoom rejects with server-unreachable when its time is over, and keeps no camera", async ({
  openPage,
  startServer,
}) => {
  const gone = await startServer();
  const { url } = gone;
  gone.goDark();
  const peer = await openPage();
  const { clock } = peer.page;
  await clock.install({ time: 0 });
  await clock.pauseAt(1_000);

  const answer = peer.enter({ url, timeoutMs: 1_500 });
  await expect.poll(() => peer.capturedTracks()).toEqual(["live", "live"]);
  await clock.runFor(1_499);
  expect(await peer.capturedTracks()).toEqual(["live", "live"]);
  await clock.runFor(1);

  expect(await answer).toMatchObject({
    success: false,
    error: { code: "server-unreachable", retryable: true, message: expect.stringContaining(url) },
  });
  await expect.poll(() => peer.capturedTracks()).toEqual(["ended", "ended"]);
});

test("createRoom rejects with not-a-cignal-server at a Socket.IO server without Cignal", async ({
  openPage,
  startServer,
}) => {
  const other = await startServer({ cignal: "none" });
  const peer = await openPage();
  expect(await peer.enter({ url: other.url })).toMatchObject({
    success: false,
    error: { code: "not-a-cignal-server", message: expect.stringContaining("initSocketServer") },
  });
  await expect.poll(() => other.clients).toBe(0);
});

test("V2: createRoom rejects with incompatible-version at a server of another time", async ({
  openPage,
  startServer,
}) => {
  const future = await startServer({ cignal: "none" });
  future.io.of("/cignal").on("connection", (socket) => {
    socket.emit("refused", { code: "incompatible-version", message: "Version 99 is spoken here." });
    socket.disconnect();
  });
  const peer = await openPage();
  expect(await peer.enter({ url: future.url })).toMatchObject({
    success: false,
    error: { code: "incompatible-version", message: "Version 99 is spoken here." },
  });
  await expect.poll(() => future.clients).toBe(0);
});

test("DEFECTS 12: whatever goes wrong is told by events and outcomes, never by alert()", {
  tag: "@whole-browser",
}, async ({ launch, openPage, openPair, roomId, startServer }) => {
  const [first] = await openPair({ mediaConstraints: { audio: false, video: false } });
  const denying = await launch((flags) =>
    flags.filter((flag) => !flag.startsWith("--use-fake-ui")),
  );
  const unlucky = await openPage({ browser: denying });
  const gone = await startServer();
  gone.goDark();

  expect(await unlucky.enter({ roomId })).toMatchObject({ error: { code: "room-full" } });
  expect(await unlucky.enter({ url: gone.url, timeoutMs: 500 })).toMatchObject({
    error: { code: "server-unreachable" },
  });
  expect(await unlucky.enter({})).toEqual({ success: true });
  expect(await unlucky.call()).toMatchObject({ error: { code: "nobody-here" } });
  expect(await unlucky.setICEServers([{ urls: "x" }])).toMatchObject({ success: false });
  await expect
    .poll(async () => (await unlucky.clientErrors()).map(({ code }) => code).sort())
    .toEqual(["nobody-here", "permission-denied"]);
  expect(await unlucky.events("serverError")).toHaveLength(1);
  for (const { dialogs } of [first, unlucky]) expect(dialogs).toEqual([]);
});
