import { ProtocolError } from "@cignal/protocol";
import { TokenBucket } from "limiter";

/** How many messages a second in the long run, and how many at once after a pause. */
interface MessageRate {
  readonly messagesPerSecond: number;
  readonly burst: number;
}

/** How many messages one socket (M3) or one room (M5) may send. Costs nothing until the first. */
export class RateLimit {
  readonly #rate: MessageRate;
  readonly #whose: string;
  #bucket: TokenBucket | undefined;

  /** @param whose - for the message: who may not send more */
  constructor(rate: MessageRate, whose = "you") {
    this.#rate = rate;
    this.#whose = whose;
  }

  /** Counts a message. */
  take(): ProtocolError | undefined {
    this.#bucket ??= fullBucket(this.#rate);
    if (this.#bucket.tryRemoveTokens(1)) return undefined;
    return new ProtocolError(
      "rate-limited",
      `Too many messages: ${this.#whose} may send ${this.#rate.messagesPerSecond} a second. Wait and send fewer.`,
      undefined,
      this.#bucket.getWaitTime(1),
    );
  }
}

function fullBucket({ messagesPerSecond, burst }: MessageRate): TokenBucket {
  const bucket = new TokenBucket({
    bucketSize: burst,
    tokensPerInterval: messagesPerSecond,
    interval: "second",
  });
  bucket.content = burst;
  return bucket;
}
