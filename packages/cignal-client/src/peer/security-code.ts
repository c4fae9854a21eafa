import type { ClientErrorCode } from "../errors.js";
import { EMOJI, EMOJI_NAMES } from "./security-emoji.js";

/** What both people compare to know that nobody sits between them. The pictures and the number are independent parts. */
export interface SecurityCode {
  /** Four pictures. */
  emoji: [string, string, string, string];
  /** What the pictures show, in English, to be read aloud: `"Dog"`. */
  names: [string, string, string, string];
  /** Four digits: `"0427"`. */
  number: string;
}

/** One end of a connection, as `PeerConnection` has it. */
export interface Secured {
  readonly id: string;
  readonly pc: Pick<RTCPeerConnection, "localDescription" | "remoteDescription">;
}

interface Problem {
  code: ClientErrorCode;
  message: string;
  retryable: boolean;
}

/** Slow on purpose: see A2. */
const ITERATIONS = 100_000;

/** The certificates that a description allows, in one text (A1). */
function fingerprints(sdp: string | undefined): string {
  const lines = (sdp ?? "").matchAll(/^a=fingerprint:(\S+) +(\S+)/gm);
  const all = Array.from(lines, ([, algorithm = "", hex = ""]) =>
    [algorithm.toLowerCase(), hex.toUpperCase()].join(" "),
  );
  return [...new Set(all)].sort().join(",");
}

/** The code of a connection, or why there is none (A1 to A3). */
export async function securityCode(
  connection: Secured | null | undefined,
  subtle: SubtleCrypto | undefined,
): Promise<SecurityCode | Problem> {
  if (!subtle) {
    const message =
      "A browser computes the security code on pages on https:// and on localhost only. Serve this page over HTTPS.";
    return { code: "insecure-page", message, retryable: false };
  }
  const { localDescription: local, remoteDescription: remote } = connection?.pc ?? {};
  const sides = [local, remote].map((description) => fingerprints(description?.sdp)).sort();
  if (!connection || sides.includes("")) {
    const message = "There is no connection to this peer yet. Ask again when the call is on.";
    return { code: "nobody-here", message, retryable: true };
  }
  return derive(sides.join("|"), connection.id, subtle);
}

async function derive(password: string, id: string, subtle: SubtleCrypto): Promise<SecurityCode> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const key = await subtle.importKey("raw", bytes(password), "PBKDF2", false, ["deriveBits"]);
  const salt = bytes(`cignal sas 1|${id}`);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  const bits = new DataView(await subtle.deriveBits(how, key, 48));
  const pictures = bits.getUint32(0) >>> 8;
  const rest = bits.getUint32(2) & 0xff_ffff;
  const pick = (table: readonly string[]) =>
    [18, 12, 6, 0].map((shift) => table[(pictures >>> shift) & 63]) as SecurityCode["emoji"];
  return {
    emoji: pick(EMOJI),
    names: pick(EMOJI_NAMES),
    number: String(rest % 10_000).padStart(4, "0"),
  };
}
