import { expectAudio, expectFrames } from "../lib/media.js";
import { RawClient } from "../lib/raw-client.js";
import { expect, test } from "../lib/test.js";

const TAKEN = { code: "peer-id-taken" };

test("L4, L5: nobody gets the place of a peer in a call with a wrong token or an old one, and the call goes on", async ({
  openCall,
  roomId,
  server,
}) => {
  const pair = await openCall();
  const [first, second] = pair;

  server.drop("first");
  const tokensOf = (id: string) =>
    server.messages
      .filter(({ peerId, type }) => peerId === id && type === "welcome")
      .map(({ payload }) => (payload as { resumeToken: string }).resumeToken);
  await expect.poll(() => tokensOf("first")).toHaveLength(2);
  // Whatever it says now confirms the second one.
  const confirmed = () => {
    const saidByFirst = server.messages.filter(({ peerId }) => peerId === "first");
    const welcomedAt = saidByFirst.findLastIndex(({ type }) => type === "welcome");
    return saidByFirst.slice(welcomedAt).some(({ direction }) => direction === "in");
  };
  await expect.poll(confirmed).toBe(true);
  const [used, newest] = tokensOf("first") as [string, string];
  expect(used).not.toBe(newest);
  const others = tokensOf("second");

  const wrong = {
    "no token": {},
    "a made-up one": { resumeToken: "A".repeat(22) },
    "one that has been used": { resumeToken: used },
    "the other peer's": { resumeToken: others.at(-1) },
    "most of the newest": { resumeToken: newest.slice(0, -1) },
  };
  for (const [what, token] of Object.entries(wrong)) {
    await test.step(what, async () => {
      const [, answer] = await RawClient.open(server.url, { roomId, peerId: "first", ...token });
      expect(answer).toMatchObject(TAKEN);
      expect(JSON.stringify(answer)).not.toContain(newest);
    });
  }

  await expectFrames(first.page, second.page);
  await expectAudio(first.page, second.page);
  await expect.poll(() => server.clients).toBe(2);
  for (const peer of pair) {
    expect((await peer.state()).signaling).toBe("joined");
    expect(await peer.connectionStates()).toEqual(["connected"]);
    for (const event of ["peerHangUp", "reconnecting", "serverError", "clientError"] as const) {
      expect(await peer.events(event)).toEqual([]);
    }
    expect(await peer.events("peerJoined")).toHaveLength(1);
  }
  // Nothing of it was told to anybody either.
  for (const { payload } of server.messages.filter(({ peerId }) => peerId === "second")) {
    expect(JSON.stringify(payload)).not.toContain(newest);
  }
});

test("L5: a used token works until its successor is confirmed, and not one message longer", async ({
  openPeer,
  roomId,
  server,
}) => {
  const page = await openPeer({ peerId: "page", mediaConstraints: { audio: false, video: false } });
  const enter = (resumeToken?: string) =>
    RawClient.open(server.url, { roomId, peerId: "raw", ...(resumeToken && { resumeToken }) });

  const [one, { resumeToken: token1 = "", resumed }] = await enter();
  expect(resumed).toBe(false);
  one.lose();

  // Its welcome may have been lost, so it comes once more with the old one.
  const [two, { resumeToken: token2 = "", ...again }] = await enter(token1);
  expect(again.resumed).toBe(true);
  two.lose();
  const [three, { resumeToken: token3 = "", ...oncemore }] = await enter(token1);
  expect(oncemore.resumed).toBe(true);
  expect(new Set([token1, token2, token3]).size).toBe(3);
  for (const token of [token1, token2, token3]) expect(token.length).toBeGreaterThanOrEqual(22);

  expect(await three.request("beat", {})).toEqual({});
  for (const old of [token1, token2]) expect((await enter(old))[1]).toMatchObject(TAKEN);
  expect(three.socket.connected).toBe(true);

  // The right one takes over, and the socket before it learns why it is closed (L6).
  const [four, last] = await enter(token3);
  expect(last.resumed).toBe(true);
  await expect
    .poll(() => three.heard.at(-1))
    .toMatchObject({
      type: "closed",
      payload: { code: "resumed-elsewhere" },
    });
  await expect.poll(() => three.socket.connected).toBe(false);

  // What has ended is no matter for a token (L4): whoever comes now is new.
  expect(await four.request("leave", {})).toEqual({});
  await page.sees(0);
  const [five, anew] = await enter(last.resumeToken);
  expect(anew.resumed).toBe(false);
  await page.sees(1);
  expect(await page.events("peerJoined")).toHaveLength(2);
  expect(await page.events("peerHangUp")).toMatchObject([[{ reason: "left" }, {}]]);
  five.close();
});
