import type { PeerMedia } from "../../peer/remote-media.js";
import type { FlowKind, Sample } from "./sample.js";

export interface FirstMediaOptions {
  /** When the call began, in milliseconds. */
  callAt: number;
  /** Whether it had begun before anybody watched. */
  late: boolean;
  /** What was counted last in the call before, on what may be the same connection. */
  before: Sample | undefined;
}

const KINDS: readonly FlowKind[] = ["audio", "video", "screen"];

/** Who waits longer for something that should come does not look for it all the time. */
const SOON_MS = 10_000;

/** Pictures count when they are decoded, sound when its packets arrive: it is decoded only while somebody listens. */
export function countOf(sample: Sample | undefined, kind: FlowKind): number {
  const { framesDecoded = 0, packetsReceived = 0 } = sample?.received[kind] ?? {};
  return kind === "audio" ? packetsReceived : framesDecoded;
}

/** When the first of each kind comes in a call. */
export class FirstMedia {
  readonly #options: FirstMediaOptions;
  /** When it came; `undefined` if that was before anybody watched. */
  readonly #times = new Map<FlowKind, number | undefined>();
  #look: "first" | "later" = "first";

  constructor(options: FirstMediaOptions) {
    this.#options = options;
  }

  hasCome(kind: FlowKind): boolean {
    return this.#times.has(kind);
  }

  isAwaited(media: PeerMedia, now: number): boolean {
    if (now - this.#options.callAt > SOON_MS) return false;
    return KINDS.some((kind) => isSent(media, kind) && !this.hasCome(kind));
  }

  /** What has come for the first time. */
  see(sample: Sample, media: PeerMedia, now: number): { kind: FlowKind; afterMs: number }[] {
    const { before, late, callAt } = this.#options;
    const known = before?.connection === sample.connection ? before : undefined;
    const missed = late && this.#look === "first";
    this.#look = "later";
    const come = KINDS.filter(
      (kind) =>
        !this.hasCome(kind) && isSent(media, kind) && countOf(sample, kind) > countOf(known, kind),
    );
    for (const kind of come) this.#times.set(kind, missed ? undefined : now);
    return missed ? [] : come.map((kind) => ({ kind, afterMs: now - callAt }));
  }

  /** In milliseconds after another time. */
  times(since: number): Partial<Record<FlowKind, number>> {
    const known = [...this.#times].flatMap(([kind, at]) =>
      at === undefined ? [] : [[kind, at - since] as const],
    );
    return Object.fromEntries(known);
  }
}

function isSent({ microphone, camera, screen }: PeerMedia, kind: FlowKind): boolean {
  return { audio: microphone, video: camera, screen }[kind] !== "off";
}
