import type { PeerConnection } from "../../peer/peer-connection.js";

/** Packets of sound come every 20 ms; whoever has sent none for so long is silent. */
const STALE_MS = 300;

/** How often the statistics are asked in a browser that tells no level otherwise, in milliseconds. */
const ASK_MS = 200;

/** Not every browser has it. */
type Sources = Partial<Pick<RTCRtpReceiver, "getSynchronizationSources">>;

/** How loud one peer is, by what the browser says of the sound that it plays. */
export class RemoteLevel {
  #source: number | undefined;
  #newAt = 0;
  #asked: { level: number; at: number } | undefined;

  /** From 0 to 1, as it was in the last moment. */
  read(connection: PeerConnection | null, now: number): number {
    const track = connection?.receivers.audio;
    const receiver = connection?.pc.getReceivers().find((each) => each.track === track);
    if (!track || !receiver) return 0;
    const sources = (receiver as Sources).getSynchronizationSources?.();
    const newest = sources?.reduce<RTCRtpSynchronizationSource | undefined>(
      (found, each) => (found && found.timestamp > each.timestamp ? found : each),
      undefined,
    );
    if (!sources || (newest && newest.audioLevel === undefined)) return this.#ask(receiver, now);
    if (!newest) return 0;
    if (newest.timestamp !== this.#source) this.#newAt = now;
    this.#source = newest.timestamp;
    return now - this.#newAt < STALE_MS ? (newest.audioLevel ?? 0) : 0;
  }

  #ask(receiver: RTCRtpReceiver, now: number): number {
    if (!this.#asked || now - this.#asked.at >= ASK_MS) {
      this.#asked = { level: this.#asked?.level ?? 0, at: now };
      const keep = (report: RTCStatsReport) => {
        for (const stats of report.values()) {
          if (stats.type === "inbound-rtp") this.#asked = { level: stats.audioLevel ?? 0, at: now };
        }
      };
      // A connection that was closed may have none.
      receiver.getStats().then(keep, () => {});
    }
    return this.#asked.level;
  }
}
