import { startCall } from "../lib/call.js";
import { expectAudio, expectFrames, traffic } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { letCandidatesOvertake, passedOn } from "../lib/signals.js";
import { expect, test } from "../lib/test.js";

for (const warm of [true, false]) {
  for (const caller of ["the one who came first", "the one who came second"]) {
    test(`${warm ? "A warm" : "A cold"} call from ${caller} shows and sounds on both sides`, async ({
      openPair,
    }) => {
      const [first, second] = await openPair({ warm });
      const [from, to] = caller.endsWith("first") ? [first, second] : [second, first];
      // Whoever calls before the other one's warm offer has come makes a connection more (S5).
      if (warm) await from.isConnected();

      expect(await from.call()).toEqual({ success: true });

      await expectFrames(first.page, second.page);
      await expectAudio(first.page, second.page);
      expect(await to.events("offerReceived")).toHaveLength(1);
      expect(await from.events("offerReceived")).toHaveLength(0);
      for (const peer of [first, second]) {
        expect(await peer.connectionStates()).toEqual(["connected"]);
        expect(await peer.page.evaluate(() => cignal.pc === lab.connections[0])).toBe(true);
        expect(await peer.clientErrors()).toEqual([]);
        expect((await peer.events("stateChanged")).at(-1)).toMatchObject([
          { inCall: true, peers: [{ call: "in-call", connection: "connected" }] },
        ]);
      }
    });
  }
}

test("P2, P3: a warm connection stands before the click, sends nothing until then, and starts without the server", async ({
  openPair,
  server,
}) => {
  const pair = await openPair();
  for (const peer of pair) {
    await expect.poll(() => peer.capturedTracks()).toEqual(["live", "live"]);
    await expect.poll(() => peer.channelStates()).toEqual(["open"]);
    expect(await peer.connectionStates()).toEqual(["connected"]);
    expect(await peer.page.evaluate(() => cignal.pc)).toBeNull();
    expect(await traffic(peer.page)).toMatchObject({ bytesSent: 0, bytesReceived: 0 });
  }
  const before = server.messages.length;

  await startCall(...pair);

  expect(server.messages.slice(before)).toEqual([]);
});

test("P2: a cold client makes no connection before the click", async ({ openPair, server }) => {
  const [first, second] = await openPair({ warm: false });
  for (const peer of [first, second]) {
    await expect.poll(() => peer.capturedTracks()).toEqual(["live", "live"]);
    expect(await peer.connectionStates()).toEqual([]);
  }
  expect(passedOn(server, "offer") + passedOn(server, "candidates")).toBe(0);
});

for (const caller of ["warm", "cold"]) {
  test(`P2: a cold client keeps the offer of a warm one until the call starts (by the ${caller} one)`, async ({
    openPeer,
    server,
  }) => {
    const cold = await openPeer({ peerId: "cold", warm: false });
    const warm = await openPeer({ peerId: "warm" });
    await cold.sees(1);
    await expect.poll(() => passedOn(server, "offer")).toBe(1);
    expect(await cold.connectionStates()).toEqual([]);

    await (caller === "warm" ? warm : cold).call();

    await expectFrames(warm.page, cold.page);
  });
}

test("S4, DEFECTS 11: candidates that arrive before their offer are kept and applied", async ({
  openCall,
  server,
}) => {
  const delivered = letCandidatesOvertake(server);
  const [first, second] = await openCall({ warm: false });
  expect(delivered).toContain("candidates");
  expect(delivered.indexOf("candidates")).toBeLessThan(delivered.indexOf("offer"));
  await expectCandidates({ of: first, at: second });
});

test("S4, DEFECTS 3, DEFECTS 11: caller and callee both send their candidates, and none is lost", async ({
  openCall,
}) => {
  const [first, second] = await openCall({ warm: false });
  await expectCandidates({ of: first, at: second });
  await expectCandidates({ of: second, at: first });
});

/** Waits until one browser has every candidate that the other one has found: ICE may do with fewer. */
async function expectCandidates({ of, at }: { of: Peer; at: Peer }): Promise<void> {
  const found = await of.page.evaluate(() => lab.candidates);
  expect(found).not.toEqual([]);
  const missing = async () => {
    const sdp = await at.page.evaluate(() => lab.connections[0]?.remoteDescription?.sdp ?? "");
    const lines = sdp.split("\r\n").filter((line) => line.startsWith("a=candidate:"));
    return found.filter((candidate) => !lines.some((line) => isSame(line, candidate)));
  };
  await expect.poll(missing).toEqual([]);
}

/** The first eight words are ICE's; what follows, each browser writes as it likes. */
const isSame = (line: string, candidate: string) =>
  wordsOfIce(line.slice("a=".length)) === wordsOfIce(candidate);

const wordsOfIce = (candidate: string) => candidate.split(" ").slice(0, 8).join(" ");

test("Each stream is told once, and none is lost when the listener comes late", async ({
  openPage,
  roomId,
}) => {
  const pages = [await openPage(), await openPage()];
  for (const { page } of pages) {
    await page.evaluate(async (roomId) => {
      globalThis.cignal = await Cignal.createRoom({ roomId });
    }, roomId);
  }
  const [first, second] = pages as [Peer, Peer];
  await Promise.all([first.sees(1), second.sees(1)]);
  await startCall(first, second);

  for (const peer of pages) await peer.page.evaluate(() => lab.listen(cignal));

  for (const peer of pages) {
    await expect.poll(() => peer.events("remoteStream")).toHaveLength(1);
    await expect.poll(() => peer.events("localStream")).toHaveLength(1);
    expect(await peer.events("peerJoined")).toHaveLength(1);
  }
  await expectFrames(first.page, second.page);
  await expectAudio(first.page, second.page);
  for (const peer of pages) {
    expect(await peer.page.evaluate(kindsOfStreams)).toEqual({
      local: [["audio", "video"]],
      remote: [["audio", "video"]],
    });
    expect(await peer.page.evaluate(() => cignal.localMedia === lab.localStreams[0])).toBe(true);
  }
});

test("P4: a camera that is allowed only during the call is seen from then on, as one stream", async ({
  openPeer,
  openPage,
  roomId,
}) => {
  const first = await openPeer();
  const second = await openPage();
  await second.holdDevices();
  await second.enter({ roomId });
  await first.isConnected();
  expect(await first.call()).toEqual({ success: true });
  await expectFrames(second.page);
  expect(await first.events("remoteStream")).toEqual([]);

  await second.releaseDevices();

  await expectFrames(first.page, second.page);
  await expectAudio(first.page, second.page);
  for (const peer of [first, second]) {
    expect(await peer.events("localStream")).toHaveLength(1);
    expect(await peer.events("remoteStream")).toHaveLength(1);
    expect(await peer.connectionStates()).toEqual(["connected"]);
  }
});

test("S6, DEFECTS 11: both negotiate anew at once during the call, which goes on over the same connection", async ({
  openCall,
}) => {
  const pair = await openCall();
  const credentials = () => Promise.all(pair.map(({ page }) => page.evaluate(iceCredentials)));
  const before = await credentials();

  await Promise.all(pair.map(({ page }) => page.evaluate(() => cignal.pc?.restartIce())));

  const renewed = async () => (await credentials()).map((each, index) => each !== before[index]);
  await expect.poll(renewed).toEqual([true, true]);
  for (const { page } of pair) {
    await expect.poll(() => page.evaluate(() => cignal.pc?.signalingState)).toBe("stable");
  }
  await expectFrames(pair[0].page, pair[1].page);
  await expectAudio(pair[0].page, pair[1].page);
  for (const peer of pair) {
    await expect.poll(() => peer.connectionStates()).toEqual(["connected"]);
    expect(await peer.events("remoteStream")).toHaveLength(1);
    expect(await peer.clientErrors()).toEqual([]);
  }
});

/** Renewed by each new generation of ICE. */
function iceCredentials(): string | undefined {
  return /a=ice-ufrag:.+/.exec(lab.connections[0]?.localDescription?.sdp ?? "")?.[0];
}

function kindsOfStreams() {
  const kinds = (stream: MediaStream) =>
    stream
      .getTracks()
      .map(({ kind }) => kind)
      .sort();
  return { local: lab.localStreams.map(kinds), remote: lab.remoteStreams.map(kinds) };
}
