import { expect } from "@playwright/test";
import type { Answer } from "./page-script.js";
import type { Peer } from "./peer.js";

/** As a click on "Share" does. */
export function share({ page }: Peer): Promise<Answer> {
  return page.evaluate(() => lab.answer(cignal.screen.start()));
}

/** For each change whether a screen is shown. */
export async function screensOf(peer: Peer): Promise<("stream" | null)[]> {
  const events = await peer.events("screenStream");
  return events.map(([stream]) => (stream === null ? null : "stream"));
}

/** Whether each track that was captured of a screen is live or ended. */
export function displayed({ page }: Peer): Promise<MediaStreamTrackState[]> {
  return page.evaluate(() => lab.displayed.map((track) => track.readyState));
}

/** Waits until pictures of these, and of nothing else, are being decoded. */
export async function expectPictures(
  { page }: Peer,
  ...kinds: ("camera" | "screen")[]
): Promise<void> {
  const decoded = () =>
    page.evaluate(async () => {
      const stats = [...((await cignal.pc?.getStats())?.values() ?? [])];
      const has = (streams: MediaStream[], id: string) =>
        streams.some((stream) => stream.getTracks().some((track) => track.id === id));
      const kindOf = (id: string) => {
        if (has(lab.screenStreams, id)) return "screen";
        return has(lab.remoteStreams, id) ? "camera" : "what was not told";
      };
      return stats
        .filter(({ type, kind }) => type === "inbound-rtp" && kind === "video")
        .map(({ trackIdentifier, framesDecoded }) => {
          const frames: number = framesDecoded ?? 0;
          return { kind: kindOf(trackIdentifier), frames };
        });
    });
  await expect(async () => {
    const before = await decoded();
    const framesOf = (wanted: string) => before.find(({ kind }) => kind === wanted)?.frames ?? 0;
    const grown = async () =>
      (await decoded()).filter(({ kind, frames }) => frames > framesOf(kind) + 2);
    await expect
      .poll(async () => (await grown()).map(({ kind }) => kind).sort(), { timeout: 4_000 })
      .toEqual([...kinds].sort());
  }).toPass({ timeout: 20_000 });
}
