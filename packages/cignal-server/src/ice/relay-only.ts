import { isIP } from "node:net";
import type { Envelope, PeerMessage } from "@cignal/protocol";

/** The line of a candidate as RFC 8839 has it, with or without `a=`; RTCIceCandidate leaves that out. */
const CANDIDATE = /^(a=)?candidate:[^\s.:]+ \d+ \w+ \d+ (\S+) \d+ typ relay(?= |$)/i;

/** None of these looks at a character more than a few times, so that no text takes long. */
const IPV4 = /\d{1,3}(?:\.\d{1,3}){3}/g;
const COLONS_AND_HEX = /[\da-f:.]+/gi;
const FINGERPRINT = /^[\da-f]{2}(?::[\da-f]{2}){15,}$/i;
const NAMES = /[\w.-]+/g;

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

/** Candidate lines are taken out, and the rest is as one text: nothing in it has to make sense. */
function relayOnlySdp(sdp: string): string {
  return sdp
    .replace(/[\r\n]+/g, "\r\n")
    .split(/^((?:a=)?candidate:[^\r\n]*(?:\r\n)?)/im)
    .map((part, index) => {
      if (index % 2 === 0) return withoutAddresses(withoutDefaults(part));
      const candidate = relayCandidate(part.trimEnd());
      return candidate === undefined ? "" : `${candidate}\r\n`;
    })
    .join("");
}

/** With the default candidate unknown, as it is before the first one is found (RFC 8840, section 4.1). */
function withoutDefaults(lines: string): string {
  return lines
    .replace(/(?<=^m=\w{1,16} )[1-9]\d*/gim, "9")
    .replace(/(?<=^a=rtcp:)\d+/gim, "9")
    .replace(/\bIN +IP[46] +\S+/gi, "IN IP4 0.0.0.0");
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

/** For whatever else may hold an address: everything with two colons is an IPv6 one if it is no fingerprint. */
function withoutAddresses(text: string): string {
  return text
    .replace(NAMES, (found) => (/\.local/i.test(found) ? "0.0.0.0" : found))
    .replace(IPV4, "0.0.0.0")
    .replace(COLONS_AND_HEX, (found) =>
      found.split(":").length > 2 && !FINGERPRINT.test(found) ? "0.0.0.0" : found,
    );
}
