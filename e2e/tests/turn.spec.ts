import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import type { TestServer } from "../lib/server.js";
import { expect, test } from "../lib/turn-test.js";

const relay = { iceTransportPolicy: "relay" } as const;
/** For a call that is to fail: no longer than it takes to learn why. */
const anyPath = { timeoutMs: 4_000 };
const onlyRelays = { ...relay, ...anyPath };

interface Failed {
  reason: string;
  leg: string;
  message: string;
}

test("C3, C4: a call over TURN alone with each peer's own credentials goes on with renewed ones", async ({
  openCall,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const { urls, secret } = await startCoturn();
  const server = await startServer({ cignal: { turn: { urls, secret, ttlSeconds: 60 } } });
  const [first, second] = await openCall(relay, { browser, url: server.url });
  const pages = [first.page, second.page];
  await expectAudio(...pages);

  const before = await usernamesOf(first);
  expect(before).toEqual([expect.stringMatching(/^\d+:first$/)]);
  expect(await usernamesOf(second)).toEqual([expect.stringMatching(/^\d+:second$/)]);
  // Their time is in whole seconds, so that those of the same second are the same.
  await expect.poll(() => Date.now() / 1_000).toBeGreaterThan(expiryOf(before) - 60 + 1);
  await server.cignal.setICEServers([]);
  await expect
    .poll(async () => expiryOf(await usernamesOf(first)))
    .toBeGreaterThan(expiryOf(before));

  await expectNewRelays(first);
  await expectFrames(...pages);
  expect(JSON.stringify(server.messages)).not.toContain(secret);
  await expectNoCredential(server, first, second);
});

test("C3: with TURN credentials that have run out the call goes on, and renewed ones are good for new paths", async ({
  openCall,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const coturn = await startCoturn();
  const server = await startServer({ cignal: { iceServers: coturn.iceServers() } });
  const [first, second] = await openCall(relay, { browser, url: server.url });
  const pages = [first.page, second.page];
  const validFor = async () => expiryOf(await usernamesOf(first)) - Date.now() / 1_000;

  await server.cignal.setICEServers(coturn.iceServers(coturn.secret, -1));
  await expect.poll(validFor).toBeLessThan(0);
  const refusal = first.page.evaluate(
    () =>
      new Promise((resolve) => {
        const [pc] = lab.connections;
        pc?.addEventListener("icecandidateerror", ({ errorCode }) => resolve(errorCode));
        void cignal.simulate("renegotiation");
      }),
  );
  expect(await refusal).toBe(401);
  await expectFrames(...pages);

  await server.cignal.setICEServers(coturn.iceServers());
  await expect.poll(validFor).toBeGreaterThan(0);
  await expectNewRelays(first);
  await expectFrames(...pages);
  for (const peer of [first, second]) {
    expect(await peer.events("reconnecting")).toEqual([]);
    expect(await peer.events("connectionFailed")).toEqual([]);
    expect(await peer.connectionStates()).toEqual(["connected"]);
  }
});

test("turnUnauthorized: the TURN server and the Cignal server have different secrets", async ({
  openPair,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const { urls } = await startCoturn();
  const server = await startServer({ cignal: { turn: { urls, secret: "another secret" } } });
  const [first, second] = await openPair(onlyRelays, { browser, url: server.url });

  expect(await failureOf(first)).toMatchObject({
    reason: "turnUnauthorized",
    leg: expect.stringMatching(/^turn-/),
    message: expect.stringMatching(/ refused the credentials \(401\)/),
  });
  await expectNoCredential(server, first, second);
});

test("turnRequired: only relays are allowed, and there are none; with one, the call goes on by itself", async ({
  openPeer,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const server = await startServer();
  const place = { browser, url: server.url };
  const first = await openPeer(onlyRelays, place);
  const second = await openPeer({}, place);

  expect(await failureOf(first)).toMatchObject({
    reason: "turnRequired",
    leg: "peer",
    message: expect.stringContaining("there is no TURN server in the list"),
  });

  const coturn = await startCoturn();
  expect(await first.setICEServers(coturn.iceServers())).toEqual({ success: true });
  await expectFrames(first.page, second.page);
  await expectNoCredential(server, first, second);
});

test("turnRequired: the networks allow no direct path", async ({
  openPair,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const [stun = { urls: [] }] = (await startCoturn()).iceServers();
  const server = await startServer({ cignal: { iceServers: [stun] } });
  const place = { browser, url: server.url, before: knowNoAddress };
  const [first] = await openPair(anyPath, place);

  expect(await failureOf(first)).toMatchObject({ reason: "turnRequired" });
});

test("turnUnreachable: the TURN server was stopped", async ({
  openPair,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const coturn = await startCoturn();
  const server = await startServer({ cignal: { iceServers: coturn.iceServers() } });
  await coturn.stop();
  const [first, second] = await openPair(onlyRelays, { browser, url: server.url });

  expect(await failureOf(first)).toMatchObject({
    reason: "turnUnreachable",
    leg: expect.stringMatching(/^turn-/),
    message: expect.stringContaining(" did not answer"),
  });
  await expectNoCredential(server, first, second);
});

test("udpBlocked: nothing comes back over UDP, and the list has no other way", async ({
  openPair,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const coturn = await startCoturn();
  const [stun = { urls: [] }, turn = { urls: [] }] = coturn.iceServers();
  const [udp = ""] = coturn.urls;
  const server = await startServer({ cignal: { iceServers: [stun, { ...turn, urls: udp }] } });
  await coturn.stop();
  const place = { browser, url: server.url, before: knowNoAddress };
  const [first, second] = await openPair(anyPath, place);

  expect(await failureOf(first)).toMatchObject({
    reason: "udpBlocked",
    leg: "turn-udp",
    message: expect.stringContaining("turns:"),
  });
  await expectNoCredential(server, first, second);
});

/** Runs in the page before everything else: as if the other side could not be reached, wherever it is. */
function knowNoAddress(): void {
  RTCPeerConnection.prototype.addIceCandidate = async () => {};
}

/** What the page is told of a call that finds no path: once, and with the sentence that the call fails with. */
async function failureOf(peer: Peer): Promise<Failed> {
  await peer.sees(1);
  const answer = await peer.call();
  const events = (await peer.events("connectionFailed")) as [Failed][];
  expect(events).toHaveLength(1);
  const [[failed]] = events as [[Failed]];
  expect(answer).toMatchObject({
    success: false,
    error: { code: "connection-failed", message: failed.message, retryable: true },
  });
  return failed;
}

/** Of all TURN servers of the page's connection, by the browser's own word. */
function usernamesOf({ page }: Peer): Promise<string[]> {
  return page.evaluate(() =>
    lab.connections.flatMap((pc) =>
      (pc.getConfiguration().iceServers ?? []).flatMap(({ username }) => username || []),
    ),
  );
}

const expiryOf = ([username = ""]: string[]) => Number.parseInt(username, 10);

/** Restarts ICE and waits until a TURN server has given other addresses than before. */
async function expectNewRelays({ page }: Peer): Promise<void> {
  const relays = () =>
    page.evaluate(() => lab.candidates.filter((line) => line.includes("typ relay")).length);
  const before = await relays();
  await page.evaluate(() => cignal.simulate("renegotiation"));
  await expect.poll(relays).toBeGreaterThan(before);
}

/** Nothing that opens a TURN server is in anything that the pages were told. */
async function expectNoCredential({ messages }: TestServer, ...peers: Peer[]): Promise<void> {
  const given = messages.flatMap(({ payload }) => {
    const { iceServers = [] } = (payload ?? {}) as { iceServers?: RTCIceServer[] };
    return iceServers.flatMap(({ username, credential }) => [username, credential]);
  });
  const secrets = given.filter((text) => text !== undefined);
  expect(peers.length).toBeGreaterThan(0);
  for (const { page } of peers) {
    const told = await page.evaluate(() => JSON.stringify(lab.events));
    for (const secret of secrets) expect(told).not.toContain(secret);
  }
}
