import type * as Werift from "werift";
import { debug } from "../browser/debug.js";

const log = debug("node");

/** What of werift's SCTP is not meant for us. The version is pinned for that (package.json). */
interface Association {
  handleData: (packet: Buffer) => Promise<void>;
  receive: (streamId: number, protocol: number, data: Buffer) => void;
  /** How many bytes it would still take; who sends regardless makes it negative. */
  readonly advertisedRwnd: number;
  readonly sackMisOrdered: ReadonlySet<number>;
}

interface Transport {
  datachannelReceive: (streamId: number, protocol: number, data: Buffer) => Promise<void>;
}

/** What somebody may have us keep of messages that are not whole: bytes beyond what was granted, and pieces. */
const OVERDRAWN_BYTES = 16_777_216;
const PIECES = 16_384;

/** Of a packet, and of a chunk (RFC 9260, sections 3.1 and 3.2). */
const PACKET_HEADER = 12;
const HEADER = 4;

/** Where the parameters of a chunk begin, by its type: INIT, INIT ACK, HEARTBEAT and its ACK, ABORT, ERROR, RE-CONFIG. */
const PARAMETERS_AT = new Map([
  [1, 20],
  [2, 20],
  [4, 4],
  [5, 4],
  [6, 4],
  [9, 4],
  [130, 4],
]);

/**
 * Drops what is no SCTP, and what nobody could use. In werift each error that a peer's packet causes is an unhandled rejection,
 * which ends the process, and a chunk of length 0 keeps it busy for ever.
 */
export function guardSctp(transport: Werift.RTCSctpTransport): void {
  const association = transport.sctp as unknown as Association;
  const { datachannelReceive } = transport as unknown as Transport;
  const handleData = association.handleData.bind(association);
  association.handleData = async (packet) => {
    const { advertisedRwnd, sackMisOrdered } = association;
    if (advertisedRwnd < -OVERDRAWN_BYTES || sackMisOrdered.size > PIECES) return;
    if (isWellFormed(packet)) await handleData(packet).catch(drop);
  };
  association.receive = (...message) => void datachannelReceive(...message).catch(drop);
}

const drop = (error: unknown) => log("dropped what a peer has sent: %s", error);

/** Whether its chunks and their parameters are as long as they say. */
export function isWellFormed(packet: Buffer): boolean {
  return isRow(packet, PACKET_HEADER, (type, at, end) => {
    const first = PARAMETERS_AT.get(type >> 8);
    return first === undefined || isRow(packet.subarray(0, end), at + first);
  });
}

/** Each begins with its type and its length, and is filled up to four bytes; only what follows the last one may be missing. */
function isRow(
  bytes: Buffer,
  from: number,
  fits: (type: number, at: number, end: number) => boolean = () => true,
): boolean {
  let at = from;
  while (at + HEADER <= bytes.length) {
    const length = bytes.readUInt16BE(at + 2);
    const end = at + length;
    if (length < HEADER || end > bytes.length) return false;
    if (!fits(bytes.readUInt16BE(at), at, end)) return false;
    at = end + ((4 - (length % 4)) % 4);
  }
  return true;
}
