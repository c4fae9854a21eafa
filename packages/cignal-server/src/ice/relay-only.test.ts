import type { Envelope, PeerMessage } from "@cignal/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { relayOnlyEnvelope } from "./relay-only.js";

const inEnvelope = (message?: PeerMessage): Envelope => ({
  session: "s",
  number: 7,
  first: 3,
  received: 2,
  ...(message && { message }),
});

function strip<Message extends PeerMessage>(message: Message): Message {
  return relayOnlyEnvelope(inEnvelope(message)).message as Message;
}

const stripLines = (...lines: string[]) =>
  strip({
    type: "candidates",
    connection: "c",
    candidates: lines.map((candidate) => ({ candidate, sdpMid: "0", usernameFragment: "uf" })),
  }).candidates.map(({ candidate }) => candidate);

const stripSdp = (sdp: string) =>
  strip({ type: "description", connection: "c", description: { type: "offer", sdp } }).description
    .sdp;

const HOST = "candidate:1 1 udp 2122260223 192.168.1.7 54321 typ host generation 0";
const SRFLX =
  "candidate:2 1 udp 1686052607 198.51.100.7 61000 typ srflx raddr 192.168.1.7 rport 54321";
const MDNS = "candidate:3 1 udp 2122260223 4e1b-8a.local 54321 typ host generation 0";
const RELAY =
  "candidate:4 1 udp 41885439 203.0.113.5 49203 typ relay raddr 198.51.100.7 rport 61000 generation 0 ufrag ab+/ network-cost 999";
const RELAY_BARE =
  "candidate:4 1 udp 41885439 203.0.113.5 49203 typ relay raddr 0.0.0.0 rport 0 generation 0 ufrag ab+/ network-cost 999";

describe("privacy mode", () => {
  it("C5: takes every candidate that is no relay's, and keeps the batch", () => {
    expect(stripLines(HOST, SRFLX, MDNS, RELAY, "")).toEqual([RELAY_BARE, ""]);
    expect(relayOnlyEnvelope(inEnvelope(undefined))).toEqual(inEnvelope(undefined));
    const emptied = inEnvelope({ type: "candidates", connection: "c", candidates: [] });
    const full = inEnvelope({
      type: "candidates",
      connection: "c",
      candidates: [{ candidate: HOST, sdpMid: "0" }],
    });
    expect(relayOnlyEnvelope(full)).toEqual(emptied);
  });

  it.each([
    "candidate:4 1 udp 1 203.0.113.5 9 typ relayed",
    "candidate:4 1 udp 1 my-pc.local 9 typ relay",
    "candidate:4 1 udp 1 203.0.113.5 9 typ host typ relay",
    "candidate:192.168.1.7 1 udp 1 203.0.113.5 9 typ relay",
    "candidate:4 1 udp 1 typ relay 203.0.113.5 9",
    "candidate:4  1 udp 1 203.0.113.5 9 typ relay",
    "typ relay",
    "candidate:",
  ])("C5: takes what only looks like a relay's: %s", (line) => {
    expect(stripLines(line)).toEqual([]);
  });

  it("C5: leaves of a description what a browser needs", () => {
    const sdp = [
      "v=0",
      "o=- 4611731400430051336 2 IN IP4 192.168.1.7",
      "s=-",
      "t=0 0",
      "a=group:BUNDLE 0 1",
      "m=audio 61000 UDP/TLS/RTP/SAVPF 111 63",
      "c=IN IP4 198.51.100.7",
      "a=rtcp:61001 IN IP4 198.51.100.7",
      `a=${HOST}`,
      `a=${SRFLX}`,
      `a=${RELAY}`,
      `a=${MDNS}`,
      "a=end-of-candidates",
      "a=ice-ufrag:ab+/",
      "a=ice-pwd:abcdefghijklmnopqrstuvwx",
      `a=fingerprint:sha-256 ${Array(32).fill("0A").join(":")}`,
      "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
      "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid",
      "a=rtpmap:111 opus/48000/2",
      "a=fmtp:111 minptime=10;useinbandfec=1",
      "a=ssrc:3215424867 cname:user2718",
      "m=video 0 UDP/TLS/RTP/SAVPF 96",
      "c=IN IP6 2001:db8::7",
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "a=sctp-port:5000",
      "a=max-message-size:262144",
      "",
    ].join("\r\n");
    const expected = sdp
      .replace("IN IP4 192.168.1.7", "IN IP4 0.0.0.0")
      .replace("audio 61000", "audio 9")
      .replace("c=IN IP4 198.51.100.7", "c=IN IP4 0.0.0.0")
      .replace("rtcp:61001 IN IP4 198.51.100.7", "rtcp:9 IN IP4 0.0.0.0")
      .replace("IN IP6 2001:db8::7", "IN IP4 0.0.0.0")
      .replace(`a=${HOST}\r\n`, "")
      .replace(`a=${SRFLX}\r\n`, "")
      .replace(`a=${MDNS}\r\n`, "")
      .replace(RELAY, RELAY_BARE);
    expect(stripSdp(sdp)).toBe(expected);
    expect(stripSdp(expected)).toBe(expected);
  });

  it("C5: touches no other message", () => {
    const message = { type: "information", data: HOST } as const;
    expect(strip(message)).toBe(message);
  });

  const ipv4 = fc.ipV4();
  const ipv6 = fc.ipV6().filter((address) => address !== "::");
  /** As an address looks from outside, where letters may be of either case. */
  const own = fc.oneof(
    ipv4,
    ipv6,
    ipv6.map((address) => address.toUpperCase()),
    fc.uuid().map((name) => `${name}.local`),
  );
  const line = (address: string) =>
    fc.oneof(
      fc.constantFrom(
        `a=candidate:1 1 udp 1 ${address} 9 typ host`,
        `a=candidate:1 1 UDP 1 ${address} 9 typ srflx raddr ${address} rport 9`,
        `a=candidate:1 1 tcp 1 ${address} 9 typ prflx raddr ${address} rport 9 tcptype so`,
        `a=candidate:1 1 udp 1 198.51.100.1 9 typ relay raddr ${address} rport 9 x ${address}`,
        `candidate:1 1 udp 1 ${address} 9 typ host`,
        `A=CANDIDATE:1 1 udp 1 ${address} 9 TYP host`,
        ` a=candidate:1 1 udp 1 ${address} 9 typ host`,
        `a=candidate:1 1 udp 1 ${address} 9 typ`,
        `o=- 1 2 IN IP6 ${address}`,
        `c=IN IP4 ${address}`,
        `c=IN  IP4 ${address}/127`,
        `a=rtcp:9 IN IP4 ${address}`,
        `a=remote-candidates:1 ${address} 9`,
        `a=source-filter: incl IN IP4 * ${address}`,
        `a=anything:${address}`,
        `i=[${address}]:80,${address};${address}`,
        address,
      ),
      fc.tuple(fc.string(), fc.string()).map(([before, after]) => `${before} ${address} ${after}`),
    );
  const ending = fc.constantFrom("\r\n", "\n", "\r", "\n\r\n", "");

  it("C5: no own address survives, wherever it stands and however lines end", () => {
    const pieces = own.chain((address) =>
      fc.record({
        address: fc.constant(address),
        lines: fc.array(fc.tuple(line(address), ending), { minLength: 1, maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(pieces, ({ address, lines }) => {
        fc.pre(!["0.0.0.0", "198.51.100.1"].includes(address));
        const sdp = stripSdp(lines.map((parts) => parts.join("")).join(""));
        expect(containsAddress(sdp, address)).toBe(false);
        const left = stripLines(...lines.map(([text]) => text));
        expect(left.some((text) => containsAddress(text, address))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("C5: never throws, and takes no long time, whatever a description says", () => {
    fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (sdp) => void stripSdp(sdp)));
    const started = performance.now();
    for (const piece of [
      "1",
      "1.",
      ":",
      "a:",
      " ",
      "IN ",
      "IN IP4 ",
      "a-",
      "\r",
      "a\n",
      "x.local",
    ]) {
      stripSdp(piece.repeat(65_536 / piece.length));
      stripSdp(`a=candidate:${piece.repeat(65_000 / piece.length)}`);
      stripSdp(`m=${piece.repeat(65_000 / piece.length)}`);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

/** Whether an address stands in a text, and not as the end or the beginning of a longer one. */
function containsAddress(text: string, address: string): boolean {
  const escaped = address.replaceAll(".", "\\.");
  return new RegExp(`(?<![\\d.])${escaped}(?![\\d.])`).test(text);
}
