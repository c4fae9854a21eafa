import { expect } from "@playwright/test";
import type { Peer } from "./peer.js";

declare global {
  /** What detaches each element, by its name. */
  var detach: Record<string, () => void>;
}

/** Attaches a new element of this name. */
export function attach({ page }: Peer, name: string, peer?: string, screen = false): Promise<void> {
  return page.evaluate(
    ({ name, peer, screen }) => {
      const video = Object.assign(document.createElement("video"), { id: name });
      // Firefox counts no pictures of streams in getVideoPlaybackQuality().
      const count = () => {
        video.dataset["pictures"] = String(Number(video.dataset["pictures"] ?? 0) + 1);
        video.requestVideoFrameCallback(count);
      };
      video.requestVideoFrameCallback(count);
      document.body.append(video);
      globalThis.detach ??= {};
      globalThis.detach[name] = cignal.attach(video, { peer, screen });
    },
    { name, peer, screen },
  );
}

/** Waits until this element has shown pictures from now on. */
export async function expectPictures({ page }: Peer, name: string): Promise<void> {
  const pictures = () =>
    page.evaluate((name) => {
      return Number(document.getElementById(name)?.dataset["pictures"] ?? 0);
    }, name);
  const before = await pictures();
  await expect.poll(pictures, { message: `pictures of ${name}` }).toBeGreaterThan(before + 5);
}

export function element({ page }: Peer, name: string) {
  return page.evaluate((name) => {
    const { paused, muted, sinkId } = document.getElementById(name) as HTMLVideoElement;
    return { paused, muted, sinkId };
  }, name);
}

export function sizeOf({ page }: Peer, name: string): Promise<number[]> {
  return page.evaluate((name) => {
    const { videoWidth, videoHeight } = document.getElementById(name) as HTMLVideoElement;
    return [videoWidth, videoHeight];
  }, name);
}

/** The id of the stream that it shows. */
export function sourceOf({ page }: Peer, name: string): Promise<string | null> {
  return page.evaluate((name) => {
    const { srcObject } = document.getElementById(name) as HTMLVideoElement;
    return srcObject instanceof MediaStream ? srcObject.id : null;
  }, name);
}

export function tracksOf({ page }: Peer, name: string): Promise<string[]> {
  return page.evaluate((name) => {
    const { srcObject } = document.getElementById(name) as HTMLVideoElement;
    return (srcObject as MediaStream).getTracks().map(({ kind }) => kind);
  }, name);
}

export function setSpeaker({ page }: Peer, deviceId: string) {
  return page.evaluate((id) => lab.answer(cignal.setSpeaker(id)), deviceId);
}

/** Two output devices that are not the default. */
export async function outputsOf({ page }: Peer): Promise<[string, string]> {
  const ids = await page.evaluate(async () => {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(({ kind }) => kind === "audiooutput").map(({ deviceId }) => deviceId);
  });
  const [one, other] = ids.filter((id) => id !== "default");
  if (!one || !other) throw new Error("The fake devices have no two outputs.");
  return [one, other];
}
