import { isIP } from "node:net";
import type { Envelope, PeerMessage } from "@cignal/protocol";

/** The line of a candidate as RFC 8839 has it, with or without `a=`; RTCIceCandidate leaves that out. */
const CANDIDATE = /^(a=)?candidate:[^\s.:]+ \d+ \w+ \d+ (\S+) \d+ typ relay(?= |$)/i;

/** All lengths are bounded, so that no text takes long. */
const IPV4 = /\d{1,3}(?:\.\d{1,3}){3}/g;
const COLONS_AND_HEX = /[\da-f:.]+/gi;
const MDNS_NAME = /[\w-]{1,63}\.local\b/gi;

/**
 * What is left of an envelope in privacy mode (C5): no candidate but those of TURN servers, and no address of the
 * sender. All envelopes arrive, empty ones too, or the numbers of the stream would have a hole (D3).
 */
export function relayOnlyEnvelope(envelope: Envelope): Envelope {
  const { message } = envelope;
  return message ? { ...envelope, message: relayOnlyMessage(message) } : envelope;
}

function relayOnlyMessage(message: PeerMessage): PeerMessage {
  switch (message.type) {
    case "candidates": {
      const candidates = message.candidates.flatMap((each) => {
        // The empty one says that there are no more.
        const candidate = each.candidate === "" ? "" : relayCandidate(each.candidate);
        return candidate === undefined ? [] : [{ ...each, candidate }];
      });
      return { ...message, candidates };
    }
    case "description": {
      const { type, sdp } = message.description;
      return { ...message, description: { type, sdp: relayOnlySdp(sdp) } };
    }
    default:
      return message;
  }
}

/** Line by line, so that nothing has to make sense as a whole. Whatever ends a line here is CRLF there. */
function relayOnlySdp(sdp: string): string {
  return sdp
    .split(/[\r\n]+/)
    .flatMap((line) => (line === "" ? [] : relayOnlyLine(line)))
    .map((line) => `${line}\r\n`)
    .join("");
}

function relayOnlyLine(line: string): string[] {
  if (/^(?:a=)?candidate:/i.test(line)) {
    const candidate = relayCandidate(line);
    return candidate === undefined ? [] : [candidate];
  }
  // The address and port of the default candidate: unknown, as before the first one is found (RFC 8840, 4.1).
  const unknown = line
    .replace(/(?<=^m=\w{1,16} )[1-9]\d*/i, "9")
    .replace(/(?<=^a=rtcp:)\d+/i, "9")
    .replace(/\bIN +IP[46] +\S+/gi, "IN IP4 0.0.0.0");
  return [withoutAddresses(unknown)];
}

/** The line without the address of the peer behind the relay, or `undefined` if it is no relay's. */
function relayCandidate(line: string): string | undefined {
  const match = CANDIDATE.exec(line);
  if (!match || isIP(match[2] ?? "") === 0) return undefined;
  const [relay] = match;
  const related = line
    .slice(relay.length)
    .replace(/ raddr \S+/gi, " raddr 0.0.0.0")
    .replace(/ rport \S+/gi, " rport 0");
  return relay + withoutAddresses(related);
}

/** For whatever else a line may say. An IPv6 address has 2 to 8 colons, a fingerprint at least 15. */
function withoutAddresses(text: string): string {
  return text
    .replace(MDNS_NAME, "0.0.0.0")
    .replace(IPV4, "0.0.0.0")
    .replace(COLONS_AND_HEX, (found) => {
      const colons = found.split(":").length - 1;
      return colons >= 2 && colons <= 12 ? "0.0.0.0" : found;
    });
}
