import type { Page } from "@playwright/test";

/** The longest time in which nothing came from the other side, in milliseconds. */
export interface MediaGap {
  /** Without a byte of RTP, of either kind. */
  bytesMs: number;
  /** Without a decoded picture. */
  framesMs: number;
  /** The longest time between two looks: what the other figures are true to. */
  resolutionMs: number;
}

interface MediaWatch {
  mark(): void;
  longest(): MediaGap;
}

declare global {
  var mediaWatch: MediaWatch;
}

/** Measures from now on. The page needs `watchMedia` as an init script. */
export function markMedia(page: Page): Promise<void> {
  return page.evaluate(() => mediaWatch.mark());
}

/** The longest gap since the mark; one that has not ended yet counts up to now. */
export function mediaGap(page: Page): Promise<MediaGap> {
  return page.evaluate(() => mediaWatch.longest());
}

/**
 * Runs in a page before any other script: looks at what all its connections receive, every 50 ms. A connection that
 * takes the place of another one continues its flow. Knows nothing of who makes the connections.
 */
export function watchMedia(): void {
  const EVERY_MS = 50;
  const connections = new Set<RTCPeerConnection>();
  const zero = (): MediaGap => ({ bytesMs: 0, framesMs: 0, resolutionMs: 0 });
  let longest = zero();
  let last = { look: 0, bytes: 0, frames: 0 };

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.add(this);
    }
  };

  /** What each connection had received at the last look, by the id of its statistics. */
  const counts = new WeakMap<RTCPeerConnection, Map<string, number>>();

  /** Which counters have grown since the last look. */
  const look = async (pc: RTCPeerConnection) => {
    const before = counts.get(pc) ?? new Map<string, number>();
    const now = new Map<string, number>();
    const grown = { bytes: false, frames: false };
    const report = await pc.getStats();
    for (const { id, type, bytesReceived = 0, framesDecoded = 0 } of report.values()) {
      if (type !== "inbound-rtp") continue;
      for (const [name, value] of Object.entries({ bytes: bytesReceived, frames: framesDecoded })) {
        const key = `${name} ${id}`;
        now.set(key, value);
        if (value > (before.get(key) ?? 0)) grown[name as keyof typeof grown] = true;
      }
    }
    counts.set(pc, now);
    return grown;
  };

  /** The figures if the silence that is on ended at this moment. */
  const gaps = (now: number): MediaGap => ({
    bytesMs: Math.max(longest.bytesMs, now - last.bytes),
    framesMs: Math.max(longest.framesMs, now - last.frames),
    resolutionMs: Math.max(longest.resolutionMs, now - last.look),
  });

  const watch = async () => {
    for (;;) {
      const began = performance.now();
      for (const pc of connections) if (pc.signalingState === "closed") connections.delete(pc);
      const looks = await Promise.all([...connections].map(look));
      const now = performance.now();
      longest = gaps(now);
      last = {
        look: now,
        bytes: looks.some(({ bytes }) => bytes) ? now : last.bytes,
        frames: looks.some(({ frames }) => frames) ? now : last.frames,
      };
      await new Promise((resolve) => setTimeout(resolve, began + EVERY_MS - now));
    }
  };

  globalThis.mediaWatch = {
    mark() {
      const now = performance.now();
      longest = zero();
      last = { look: now, bytes: now, frames: now };
    },
    longest: () => gaps(performance.now()),
  };
  void watch();
}
