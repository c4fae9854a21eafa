import { replaceFingerprints } from "../lib/man-in-the-middle.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const mediaConstraints = { audio: false, video: false };

/** The code, or the word for why there is none. */
function securityCode(peer: Peer, peerId?: string) {
  return peer.page.evaluate(
    (peerId) =>
      cignal.securityCode(peerId).catch((error: { name: string; code: string }) => ({
        name: error.name,
        code: error.code,
      })),
    peerId,
  );
}

test("A1 to A3: both sides of a call read out the same security code, in each call another", async ({
  openCall,
  openPair,
}) => {
  const [first, second] = await openCall();

  const codes = [
    await securityCode(first),
    await securityCode(second),
    await securityCode(first, "second"),
    await securityCode(second, "first"),
  ];

  expect(codes[0]).toEqual({
    emoji: Array.from({ length: 4 }, () => expect.stringMatching(/^\P{ASCII}+$/u)),
    names: Array.from({ length: 4 }, () => expect.stringMatching(/^[A-Z][a-z]+$/)),
    number: expect.stringMatching(/^\d{4}$/),
  });
  for (const code of codes) expect(code).toEqual(codes[0]);

  const others = await openPair({ roomId: "another room", mediaConstraints });
  await Promise.all(others.map((peer) => peer.isConnected()));
  expect(await securityCode(others[0])).toEqual(await securityCode(others[1]));
  expect(await securityCode(others[0])).not.toEqual(codes[0]);
});

test("A2: a server that puts other certificates into descriptions makes the codes differ", async ({
  openPair,
  server,
}) => {
  const replaced = replaceFingerprints(server);
  const pair = await openPair({ mediaConstraints });
  for (const peer of pair) {
    await expect.poll(() => securityCode(peer)).toHaveProperty("number");
  }

  const [atFirst, atSecond] = await Promise.all(pair.map((peer) => securityCode(peer)));

  expect(replaced()).toBeGreaterThan(1);
  expect(atFirst).not.toEqual(atSecond);
  // DTLS itself refuses a certificate that was not announced.
  for (const peer of pair) expect(await peer.connectionStates()).not.toContain("connected");
});

test("securityCode rejects with nobody-here while there is no connection", async ({ openPeer }) => {
  const nobodyHere = { name: "CignalError", code: "nobody-here" };
  const first = await openPeer({ peerId: "first", warm: false, mediaConstraints });
  expect(await securityCode(first)).toEqual(nobodyHere);
  await openPeer({ peerId: "second", warm: false, mediaConstraints });
  await first.sees(1);
  expect(await securityCode(first)).toEqual(nobodyHere);
  expect(await securityCode(first, "stranger")).toEqual(nobodyHere);
});
