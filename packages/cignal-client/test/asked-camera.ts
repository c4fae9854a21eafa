import { expect, vi } from "vitest";
import { CignalError } from "../src/errors.js";
import { type Choice, Source } from "../src/media/source.js";
import { attempt } from "./attempt.js";
import { FakeTrack } from "./fake-media.js";

/** A camera of which the test decides when it answers. */
export function camera() {
  const asked: { choice: Choice; give: () => FakeTrack; deny: () => void; fail: () => void }[] = [];
  const chosen: string[] = [];
  const given: FakeTrack[] = [];
  const states: string[] = [];
  const source = new Source({
    kind: "camera",
    order: "release first",
    release: (track) => track.stop(),
    attempt: attempt(),
    capture: (choice) =>
      new Promise((resolve, reject) => {
        asked.push({
          choice,
          give: () => {
            const track = new FakeTrack("video");
            given.push(track);
            resolve(track as unknown as MediaStreamTrack);
            return track;
          },
          deny: () => reject(new CignalError("permission-denied", "no")),
          fail: () => reject(new CignalError("device-busy", "not now")),
        });
      }),
    onChosen: (deviceId) => chosen.push(deviceId),
    onChange: () => {
      if (source.state !== states.at(-1)) states.push(source.state);
    },
  });
  const next = async () => {
    await vi.waitUntil(() => asked.length > 0);
    return asked.shift() as (typeof asked)[number];
  };
  const started = async () => {
    const outcome = source.start();
    const track = (await next()).give();
    expect(await outcome).toEqual({ success: true });
    return track;
  };
  return { source, states, asked, given, chosen, next, started };
}

/** A track of the page's own. */
export const own = () => new FakeTrack("video") as unknown as MediaStreamTrack;
export const live = (tracks: FakeTrack[]) =>
  tracks.filter(({ readyState }) => readyState === "live");
