import { type IceServer, iceServers as listSchema, ProtocolError, parse } from "@cignal/protocol";
import type { Actor, IceServersFor } from "../access/hooks.js";
import { inTime } from "../access/in-time.js";
import { describeError, type Logger } from "../log.js";
import { mintTurnServer, type Turn } from "./turn-credentials.js";

/** How long what a function returned counts as valid if no `turn.ttlSeconds` says so. */
const DEFAULT_TTL_SECONDS = 3_600;

/** How long a function may take, in milliseconds: who enters waits for it. */
const ANSWER_MS = 5_000;

export interface IceServersSetup {
  readonly iceServers: IceServer[] | IceServersFor;
  readonly turn: Turn | undefined;
  readonly logger: Logger;
}

/** Where the lists of ICE servers come from, for rooms that have none of their own (C3). */
export class IceServers {
  readonly #setup: IceServersSetup;
  #given: IceServer[] | IceServersFor;

  constructor(setup: IceServersSetup) {
    this.#setup = setup;
    this.#given = setup.iceServers;
  }

  /** Puts one list in the place of what was given before, for everybody. */
  replace(list: IceServer[]): void {
    this.#given = list;
  }

  /** How old a list may get before it is made anew, in milliseconds: three quarters of what it is valid for. */
  get #renewAfterMs(): number {
    const { turn } = this.#setup;
    if (!turn && typeof this.#given !== "function") return Number.POSITIVE_INFINITY;
    return (turn?.ttlSeconds ?? DEFAULT_TTL_SECONDS) * 750;
  }

  /** The list of one peer, always made from what holds now. */
  of(peer: Actor): PeerIceServers {
    const { turn, logger } = this.#setup;
    /** What the function returned last. Nothing, until it returned something proper. */
    let made: IceServer[] = [];
    /** By `performance.now`, which no change of the clock touches. */
    let askedAt = 0;

    return {
      ask: async () => {
        askedAt = performance.now();
        const given = this.#given;
        if (typeof given !== "function") return;
        try {
          const list = parse(listSchema, await inTime(() => given(peer), ANSWER_MS));
          if (list instanceof ProtocolError) throw list;
          made = list;
        } catch (error) {
          const { roomId, id: peerId } = peer;
          logger.error("iceServers failed", { roomId, peerId, error: describeError(error) });
        }
      },
      isDue: () => performance.now() - askedAt >= this.#renewAfterMs,
      list: () => [
        ...(typeof this.#given === "function" ? made : this.#given),
        ...(turn ? [mintTurnServer(turn, peer.id, Date.now())] : []),
      ],
    };
  }
}

/** The ICE servers of one peer. */
export interface PeerIceServers {
  /** Asks the function again, if there is one. If that fails, which is logged, its last answer holds. */
  ask(): Promise<void>;
  /** Whether it is time to ask again and to send the list again. */
  isDue(): boolean;
  /** The list as it is now, with fresh credentials. */
  list(): IceServer[];
}
