import type { RtpHeader } from "werift";

/** Sequence numbers and timestamps wrap (RFC 3550, section 5.1). */
const SEQUENCE = 2 ** 16;
const TIME = 2 ** 32;

/** Of a packet's header, what tells its place. */
type Numbers = Pick<RtpHeader, "sequenceNumber" | "timestamp">;

/**
 * Numbers the packets of one sender, whatever they come from: to who receives them, another source must look like one that
 * goes on, not like the loss of thousands of packets. werift's own numbering uses the last number again and stops the clock.
 */
export class RtpNumbering {
  readonly #clockRate: number;
  #source: unknown;
  #ssrc: number | undefined;
  #sequenceOffset = 0;
  #timeOffset = 0;
  /** Of the newest packet, as it was sent. */
  #newest: (Numbers & { at: number }) | undefined;

  /** @param clockRate - of the codec, in ticks a second */
  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /**
   * The numbers that a packet is to be sent with.
   *
   * @param source - whatever it comes from; each stream of a source has an SSRC of its own
   * @param now - in milliseconds
   */
  number(header: Numbers & Pick<RtpHeader, "ssrc">, source: unknown, now: number): Numbers {
    const newest = this.#newest;
    if (source !== this.#source || header.ssrc !== this.#ssrc) {
      this.#source = source;
      this.#ssrc = header.ssrc;
      if (newest) {
        const elapsed = Math.max(1, Math.round(((now - newest.at) * this.#clockRate) / 1000));
        this.#sequenceOffset = newest.sequenceNumber + 1 - header.sequenceNumber;
        this.#timeOffset = newest.timestamp + elapsed - header.timestamp;
      }
    }
    const sequenceNumber = wrap(header.sequenceNumber + this.#sequenceOffset, SEQUENCE);
    const timestamp = wrap(header.timestamp + this.#timeOffset, TIME);
    const ahead = newest ? wrap(sequenceNumber - newest.sequenceNumber, SEQUENCE) : 0;
    if (ahead < SEQUENCE / 2) this.#newest = { sequenceNumber, timestamp, at: now };
    return { sequenceNumber, timestamp };
  }
}

const wrap = (value: number, size: number): number => ((value % size) + size) % size;
