import { createHash, randomBytes } from "node:crypto";
import { ProtocolError } from "@cignal/protocol";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { describeError, type Logger } from "../log.js";

/** The part of a limiter of `rate-limiter-flexible` that is used here: those in memory and in Redis have it. */
interface Limiter {
  /** Rejects with a `RateLimiterRes` when it was too much, with anything else when the limiter is out of order. */
  consume(key: string): Promise<unknown>;
  reward(key: string): Promise<unknown>;
}

/** Bounds the memory of a limiter, to some 15 MB, however many keys come. */
const BUCKETS = 32_768;

/** What is counted: a network address, and the bucket that it falls into. */
export interface Caller {
  readonly address: string;
  readonly bucket: string;
}

const salt = randomBytes(16);

/** Two addresses share a bucket by a chance of one in 32,768, which nobody outside can foresee. */
export function callerFrom(address: string): Caller {
  const hash = createHash("sha256").update(salt).update(address).digest();
  return { address, bucket: String(hash.readUInt32BE() % BUCKETS) };
}

/** How often something may happen in a minute, for each address. */
export class PerMinute {
  readonly #limiter: Limiter;
  readonly #most: number;
  readonly #what: string;
  readonly #logger: Logger;
  readonly #whose: string;

  /**
   * @param what - what is counted, in the plural: it is part of the message
   * @param whose - for the message: who may not have more
   */
  constructor(most: number, what: string, logger: Logger, whose = "Your network address") {
    this.#limiter = new RateLimiterMemory({ points: most, duration: 60 });
    this.#most = most;
    this.#what = what;
    this.#logger = logger;
    this.#whose = whose;
  }

  /** Counts one. Resolves to why not, if it is one too many. Never rejects. */
  async take({ address, bucket }: Caller): Promise<ProtocolError | undefined> {
    try {
      await this.#limiter.consume(bucket);
      return undefined;
    } catch (reason) {
      if (reason instanceof RateLimiterRes) return this.#refuse(address, reason);
      // Whoever cannot be counted comes in.
      this.#report(reason);
      return undefined;
    }
  }

  /** Takes one back. */
  giveBack({ bucket }: Caller): void {
    this.#limiter.reward(bucket).catch((error) => this.#report(error));
  }

  #refuse(address: string, { consumedPoints, msBeforeNext }: RateLimiterRes): ProtocolError {
    const what = `${this.#most} ${this.#what} a minute`;
    // Only the first in each minute: a flood must not fill the log.
    if (consumedPoints === this.#most + 1) {
      this.#logger.warn(`an address has exceeded its limit of ${what}`, { address });
    }
    return new ProtocolError(
      "rate-limited",
      `${this.#whose} may have ${what}. Wait, then try again.`,
      undefined,
      msBeforeNext,
    );
  }

  #report(error: unknown): void {
    this.#logger.error("an address could not be limited", { error: describeError(error) });
  }
}
