import type { CignalOptions, Scenario } from "cignal-client";
import { startCall } from "../lib/call.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { RawClient } from "../lib/raw-client.js";
import type { TestServer } from "../lib/server.js";
import { expect, test } from "../lib/turn-test.js";

/** No browser's own, so that every other address in a message is a leak. */
const TURN = "127.0.0.77";

/** What stands where an address had to stand. */
const NO_ADDRESS = "0.0.0.0";

const CANDIDATE = /candidate:\S+ \d+ \w+ \d+ (\S+) \d+ typ (\w+)(?:[^"\\\r\n]*? raddr (\S+))?/gi;

declare global {
  /** Everything that has arrived over the data channels of a page. */
  var heard: string[];
}

/** Runs in the page before the library. */
function hear(): void {
  globalThis.heard = [];
  const { prototype } = RTCPeerConnection;
  const { createDataChannel } = prototype;
  prototype.createDataChannel = function (label, init) {
    const channel = Reflect.apply(createDataChannel, this, [label, init]);
    channel.addEventListener("message", ({ data }) => heard.push(String(data)));
    return channel;
  };
}

const heardBy = ({ page }: Peer): Promise<string[]> => page.evaluate(() => heard);

const simulate = ({ page }: Peer, scenario: Scenario) =>
  page.evaluate((scenario) => lab.answer(cignal.simulate(scenario)), scenario);

const modes: { who: string; relayOnly: boolean; options: [CignalOptions, CignalOptions] }[] = [
  { who: "the first one", relayOnly: false, options: [{ iceTransportPolicy: "relay" }, {}] },
  { who: "the second one", relayOnly: false, options: [{}, { iceTransportPolicy: "relay" }] },
  { who: "the server", relayOnly: true, options: [{}, {}] },
];

for (const { who, relayOnly, options } of modes) {
  test(`C5: a call of which ${who} wants privacy tells nobody an address, neither at first nor after an ICE restart and a recovery`, async ({
    openPeer,
    startCoturn,
    startServer,
    turnBrowser: browser,
  }) => {
    const coturn = await startCoturn({ host: TURN });
    const iceServers = coturn.iceServers();
    const server = await startServer({ cignal: { iceServers, relayOnly } });
    const place = { browser, url: server.url, before: hear };
    const first = await openPeer({ peerId: "first", ...options[0] }, place);
    const second = await openPeer({ peerId: "second", ...options[1] }, place);
    await Promise.all([first.sees(1), second.sees(1)]);
    const pair = [first, second];
    const pages = pair.map(({ page }) => page);

    await startCall(first, second);
    await expectAudio(...pages);

    for (const [one, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const candidates = async () => {
        const messages = (await heardBy(other)).filter((text) => text.includes('"candidates"'));
        return messages.length;
      };
      const before = await candidates();
      await simulate(one, "renegotiation");
      // The restart's descriptions and candidates pass no server.
      await expect.poll(candidates).toBeGreaterThan(before);
      await expectFrames(...pages);
    }

    await simulate(first, "ice-failure");
    await expect.poll(() => first.connectionStates()).toEqual(["closed", "connected"]);
    await expectFrames(...pages);

    for (const peer of pair) {
      expectNoAddress(await heardBy(peer));
      expectNoAddress(await peer.page.evaluate(() => lab.candidates));
      expect(new Set(await remoteAddresses(peer))).toEqual(new Set([TURN]));
    }
    expectNoAddress(passed(server));
    // Both ways have carried candidates, or nothing was tested.
    for (const texts of [passed(server), await heardBy(first), await heardBy(second)]) {
      expect(texts.join().match(CANDIDATE)).not.toBeNull();
    }
  });
}

test("C5: what another client says of its addresses does not reach a peer in privacy mode, nor the other way round", async ({
  openPeer,
  roomId,
  startServer,
}) => {
  const server = await startServer();
  const peer = await openPeer({ peerId: "b", iceTransportPolicy: "relay" }, { url: server.url });
  const [hostile, welcome] = await RawClient.open(server.url, { roomId, peerId: "a" });
  expect(welcome).toMatchObject({ peers: [{ id: "b", relayOnly: true }] });
  const candidates = [
    "candidate:1 1 udp 2122260223 198.51.100.1 54321 typ host generation 0",
    "candidate:2 1 udp 1686052607 198.51.100.2 61000 typ srflx raddr 198.51.100.1 rport 54321",
    "candidate:3 1 udp 2122260223 4e1b1a6c-11aa-4bbb-8ccc-123456789abc.local 54321 typ host",
    "candidate:4 1 tcp 1518280447 2001:db8::1 9 typ host tcptype active",
    `candidate:5 1 udp 41885439 ${TURN} 49203 typ relay raddr 198.51.100.3 rport 61000`,
  ];
  const connection = "connection-of-a-hostile-one";
  const sdp = await offerOf(peer);
  const said = sdp.replace(
    /(?=a=ice-ufrag)/,
    candidates.map((candidate) => `a=${candidate}\r\n`).join(""),
  );
  const messages = [
    { type: "description", connection, description: { type: "offer", sdp: said } },
    {
      type: "candidates",
      connection,
      candidates: candidates.map((candidate) => ({ candidate, sdpMid: "0" })),
    },
  ];
  const session = "session-of-a-hostile-one";
  for (const [index, message] of messages.entries()) {
    const envelope = { session, number: index + 1, first: 1, received: 0, message };
    expect(await hostile.request("signal", { to: "b", envelope })).toEqual({});
  }

  // The page takes the offer for what it is, and answers.
  await expect.poll(() => JSON.stringify(hostile.heard)).toContain('"answer"');
  const known = () => peer.page.evaluate(() => lab.connections.at(-1)?.remoteDescription?.sdp);
  await expect.poll(known).toContain(`${TURN} 49203 typ relay`);
  expectNoAddress([String(await known())]);
  const delivered = server.messages.filter(
    ({ peerId, direction, type }) => peerId === "b" && direction === "out" && type === "signal",
  );
  expect(delivered).toHaveLength(messages.length);
  expectNoAddress(delivered.map((message) => JSON.stringify(message)));
  expectNoAddress(hostile.heard.map((message) => JSON.stringify(message)));
  hostile.close();
});

test("C5: a page that uses all its addresses in spite of a peer in privacy mode is reached over TURN alone", async ({
  openPeer,
  startCoturn,
  startServer,
  turnBrowser: browser,
}) => {
  const coturn = await startCoturn({ host: TURN });
  const server = await startServer({ cignal: { iceServers: coturn.iceServers() } });
  const place = { browser, url: server.url };
  const hidden = await openPeer({ iceTransportPolicy: "relay" }, { ...place, before: hear });
  const careless = await openPeer({}, { ...place, before: useAllAddresses });
  await careless.sees(1);

  await startCall(careless, hidden);

  const gathered = await careless.page.evaluate(() => lab.candidates.join());
  expect(gathered).toContain("typ host");
  expect(JSON.stringify(server.received("signal"))).toContain("typ host");
  expectNoAddress(passed(server).filter((text) => text.includes('"direction":"out"')));
  expectNoAddress(await hidden.page.evaluate(() => lab.candidates));
  for (const peer of [hidden, careless]) {
    expect(new Set(await remoteAddresses(peer))).toEqual(new Set([TURN]));
  }
});

/** Runs in the page before the library: one that has not heard of the policy. */
function useAllAddresses(): void {
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, iceTransportPolicy: "all" });
    }
  };
}

/** All that a server has been told and has told, as texts. */
const passed = ({ messages }: TestServer) => messages.map((message) => JSON.stringify(message));

/** Every candidate is the TURN server's and names nobody behind it, and there is no other address in the text. */
function expectNoAddress(texts: string[]): void {
  for (const text of texts) {
    for (const [, address, type, related = NO_ADDRESS] of text.matchAll(CANDIDATE)) {
      expect({ address, type, related }).toEqual({
        address: TURN,
        type: "relay",
        related: NO_ADDRESS,
      });
    }
    // Every browser says that it sits at 127.0.0.1 (RFC 9429, section 5.2.1).
    const rest = text.replaceAll(/o=- \d+ \d+ IN IP4 127\.0\.0\.1/g, "");
    const addresses = rest.match(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g) ?? [];
    expect(addresses.filter((address) => ![TURN, NO_ADDRESS].includes(address))).toEqual([]);
    expect(rest).not.toMatch(/\.local\b|IN IP6 |2001:db8/);
  }
}

/** Where a page's connections send to, by the browser's own word. */
function remoteAddresses({ page }: Peer): Promise<string[]> {
  return page.evaluate(async () => {
    const reports = await Promise.all(lab.connections.map((pc) => pc.getStats()));
    const all = reports.flatMap((report) => [...report.values()]);
    return all
      .filter(({ type }) => type === "remote-candidate")
      .map(({ address, candidateType }) => address ?? candidateType);
  });
}

/** What a browser would offer, without candidates. */
function offerOf({ page }: Peer): Promise<string> {
  return page.evaluate(async () => {
    const pc = new RTCPeerConnection();
    pc.addTransceiver("audio");
    pc.addTransceiver("video");
    pc.createDataChannel("cignal", { negotiated: true, id: 0 });
    const { sdp = "" } = await pc.createOffer();
    pc.close();
    return sdp;
  });
}
