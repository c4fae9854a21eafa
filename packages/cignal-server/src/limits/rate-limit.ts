import { ProtocolError } from "@cignal/protocol";
import { TokenBucket } from "limiter";
import type { Options } from "./options.js";

/** How many messages one socket may send (M3). Costs nothing until the first. */
export class RateLimit {
  readonly #limits: Options["limits"];
  #bucket: TokenBucket | undefined;

  constructor(limits: Options["limits"]) {
    this.#limits = limits;
  }

  /** Counts a message. */
  take(): ProtocolError | undefined {
    this.#bucket ??= fullBucket(this.#limits);
    if (this.#bucket.tryRemoveTokens(1)) return undefined;
    return new ProtocolError(
      "rate-limited",
      `Too many messages: at most ${this.#limits.messagesPerSecond} a second. Wait and send fewer.`,
      undefined,
      this.#bucket.getWaitTime(1),
    );
  }
}

function fullBucket({ messagesPerSecond, burst }: Options["limits"]): TokenBucket {
  const bucket = new TokenBucket({
    bucketSize: burst,
    tokensPerInterval: messagesPerSecond,
    interval: "second",
  });
  bucket.content = burst;
  return bucket;
}
