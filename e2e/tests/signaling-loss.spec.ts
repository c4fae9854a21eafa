import { io } from "socket.io-client";
import { interruptionsOf, watchForInterruptions } from "../lib/interruptions.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import { passedOn } from "../lib/signals.js";
import { expect, test } from "../lib/test.js";

test("L3, L4, DEFECTS 6: the call goes on untouched while the server is away, and the client resumes", async ({
  openCall,
  server,
}) => {
  const pair = await openCall();
  for (const peer of pair) await watchForInterruptions(peer);

  server.goDark();
  for (const peer of pair) {
    await expect.poll(async () => (await peer.state()).signaling).not.toBe("joined");
  }
  await expectFrames(pair[0].page, pair[1].page);
  await expectAudio(pair[0].page, pair[1].page);
  await pair[0].inform("over the connection");
  await expect.poll(() => pair[1].informations()).toEqual(["over the connection"]);
  for (const peer of pair) expect((await peer.state()).signaling).not.toBe("joined");

  server.comeBack();
  for (const peer of pair) {
    await expect.poll(async () => (await peer.state()).signaling).toBe("joined");
    await peer.sees(1);
  }
  await expectFrames(pair[0].page, pair[1].page);
  for (const peer of pair) {
    expect(await interruptionsOf(peer)).toEqual([]);
    expect(await peer.connectionStates()).toEqual(["connected"]);
    expect(await peer.events("peerHangUp")).toEqual([]);
    expect(await peer.events("peerJoined")).toHaveLength(1);
    expect(await peer.events("remoteStream")).toHaveLength(1);
  }
  expect((await server.cignal.rooms.all()).map(({ peers }) => peers.map(({ id }) => id))).toEqual([
    ["first", "second"],
  ]);
});

test("L6: a server that is stopped in order and replaced ends no call", async ({
  openCall,
  server,
}) => {
  const pair = await openCall();
  for (const peer of pair) await watchForInterruptions(peer);

  await server.replaceCignal();

  for (const peer of pair) {
    await expect.poll(async () => (await peer.state()).signaling).toBe("joined");
    await peer.sees(1);
  }
  await expect.poll(async () => (await server.cignal.rooms.all())[0]?.peers.length).toBe(2);
  await expectFrames(pair[0].page, pair[1].page);
  for (const peer of pair) {
    expect(await interruptionsOf(peer)).toEqual([]);
    expect(await peer.events("peerHangUp")).toEqual([]);
    expect(await peer.events("serverError")).toEqual([]);
    expect(await peer.events("peerJoined")).toHaveLength(1);
  }
});

test("L4, DEFECTS 6: what a client sends through the server while it is cut off arrives once, in order, when it is back", async ({
  openPair,
  server,
}) => {
  const [first, second] = await openPair({
    warm: false,
    mediaConstraints: { audio: false, video: false },
  });
  await first.page.context().setOffline(true);
  await expect.poll(async () => (await first.state()).signaling).not.toBe("joined");
  const sent = ["one", "two", "three"];
  const answers = first.page.evaluate(
    (sent) => Promise.all(sent.map((data) => lab.answer(cignal.inform(data)))),
    sent,
  );
  expect(passedOn(server, "information")).toBe(0);

  await first.page.context().setOffline(false);

  expect(await answers).toEqual(sent.map(() => ({ success: true })));
  await first.inform("four");
  await expect.poll(() => second.informations()).toEqual([...sent, "four"]);
  expect(await second.events("peerHangUp")).toEqual([]);
});

test("DEFECTS 12: a request that the server cannot answer ends in its time", async ({
  openPair,
  server,
}) => {
  const [first, second] = await openPair({
    warm: false,
    timeoutMs: 1_500,
    mediaConstraints: { audio: false, video: false },
  });
  server.goDark();
  for (const peer of [first, second]) {
    await expect.poll(async () => (await peer.state()).signaling).not.toBe("joined");
  }
  expect(await first.inform("hello")).toMatchObject({
    success: false,
    error: { code: "timeout", retryable: true, message: expect.stringMatching(/^The server/) },
  });
  expect(await first.call()).toMatchObject({
    success: false,
    error: { code: "connection-failed", retryable: true },
  });
});

test.describe("with a short grace period", () => {
  test.use({ serverOptions: { cignal: { maxPeers: 3, gracePeriodMs: 1_500 } } });

  test("L3, L4, R3, DEFECTS 6: who is back within the grace period was never away for the others", async ({
    openPair,
    roomId,
    server,
  }) => {
    const [first, second] = await openPair({ mediaConstraints: { audio: false, video: false } });
    await Promise.all([first.isConnected(), second.isConnected()]);
    // Lost later and for good: when that is told, the grace period of the second would be over, too.
    const third = io(`${server.url}/cignal`, {
      auth: { protocol: [1], roomId, peerId: "third" },
      reconnection: false,
      forceNew: true,
    });
    await first.sees(2);
    const welcomes = () =>
      server.messages.filter(({ peerId, type }) => peerId === "second" && type === "welcome");

    server.drop("second");
    await expect.poll(() => welcomes().length).toBe(2);
    third.io.engine.close();

    await expect
      .poll(() => first.events("peerHangUp"))
      .toMatchObject([[{ reason: "timeout" }, { peer: { id: "third" } }]]);
    await first.sees(1);
    expect(await first.events("peerJoined")).toHaveLength(2);
    expect(welcomes()[1]?.payload).toMatchObject({ resumed: true });
    expect(await first.connectionStates()).toEqual(["connected"]);
  });
});
