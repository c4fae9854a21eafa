import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { ProtocolError } from "@cignal/protocol";
import { AwaitQueue } from "awaitqueue";
import { networkOf } from "../limits/client-address.js";
import { callerFrom, PerMinute } from "../limits/per-minute.js";
import type { Logger } from "../log.js";
import type { JoinCommand } from "../rooms/command.js";
import { findMember, isKnownAs, type Room, visible } from "../rooms/room-state.js";

const derive = promisify<string, Buffer, number, Buffer>(scrypt);

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** How often a password of one room may be tried in a minute, from one address and from all. */
const TRIES = { perAddress: 10, perRoom: 100 };

/** How many may wait for a hash, each of which takes some 50 ms of a processor and 16 MB. */
const WAITING_AT_MOST = 32;

/** When to try again if that many wait, in milliseconds. */
const RETRY_MS = 2_000;

const busy = () =>
  new ProtocolError(
    "unavailable",
    "The server has too many passwords to look at. Try again in a moment.",
    undefined,
    RETRY_MS,
  );

/** Whoever comes with a password, or without. */
export interface Bearer
  extends Pick<JoinCommand, "roomId" | "peer" | "standing" | "connection" | "knock"> {
  readonly password: string | undefined;
  /** The network address. */
  readonly address: string;
}

export type PasswordTerms = Pick<JoinCommand, "triesPassword" | "fittingHash" | "newPassword">;

/** Makes and compares the hashes of passwords (O7), one at a time, so that nobody can keep the processor busy. */
export class Passwords {
  readonly #queue = new AwaitQueue();
  readonly #ofAddress: PerMinute;
  readonly #ofRoom: PerMinute;

  constructor(logger: Logger) {
    this.#ofAddress = new PerMinute(TRIES.perAddress, "tries of a password", logger);
    this.#ofRoom = new PerMinute(TRIES.perRoom, "tries of a password", logger, "All for one room");
  }

  /** The hash to keep of a password, with its salt; or that too many wait. */
  async hash(password: string): Promise<string | ProtocolError> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#derive(password, salt);
    if (hash instanceof ProtocolError) return hash;
    return `scrypt ${salt.toString("base64")} ${hash.toString("base64")}`;
  }

  /** What the password of whoever wants to come in is good for. Hashes nothing that does not matter. */
  async termsOf(bearer: Bearer, room: Room | undefined): Promise<PasswordTerms | ProtocolError> {
    const { password } = bearer;
    if (password === undefined) return {};
    if (visible(room).length === 0) {
      const newPassword = await this.hash(password);
      return newPassword instanceof ProtocolError ? newPassword : { newPassword };
    }
    if (room?.password === undefined || needsNone(room, bearer)) return { triesPassword: true };
    const exceeded = await this.#count(bearer);
    if (exceeded) return exceeded;
    const fits = await this.#fits(password, room.password);
    if (fits instanceof ProtocolError) return fits;
    return { triesPassword: true, fittingHash: fits ? room.password : undefined };
  }

  async #count({ roomId, address }: Bearer): Promise<ProtocolError | undefined> {
    const network = networkOf(address);
    const { bucket } = callerFrom(`${roomId}\u0000${network}`);
    return (
      (await this.#ofAddress.take({ address: network, bucket })) ??
      (await this.#ofRoom.take({ address: "several", bucket: callerFrom(roomId).bucket }))
    );
  }

  async #fits(password: string, kept: string): Promise<boolean | ProtocolError> {
    const [, salt = "", hash = ""] = kept.split(" ");
    const derived = await this.#derive(password, Buffer.from(salt, "base64"));
    if (derived instanceof ProtocolError) return derived;
    return timingSafeEqual(derived, Buffer.from(hash, "base64"));
  }

  async #derive(password: string, salt: Buffer): Promise<Buffer | ProtocolError> {
    if (this.#queue.size >= WAITING_AT_MOST) return busy();
    return this.#queue.push(() => derive(password.normalize("NFKC"), salt, HASH_BYTES));
  }
}

/** Who resumes, has a place or is known need none, and to who finds the room locked it is no use. */
function needsNone(room: Room, { peer, standing, connection, knock }: Bearer): boolean {
  return (
    findMember(room, peer.id) !== undefined ||
    room.waiting?.some((each) => each.connection === connection && each.admitted) ||
    isKnownAs(standing, "host") ||
    isKnownAs(standing, "inspector") ||
    (room.locked === true && !knock)
  );
}
