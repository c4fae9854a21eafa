import type { Peer } from "./peer.js";

declare global {
  /** The devices that nobody has connected, though the browser has them. */
  var unplugged: Set<string>;
}

/** Flags for three cameras, of which the second gives depth and no picture. */
export const threeCameras = (flags: string[]): string[] =>
  flags.map((flag) =>
    flag.startsWith("--use-fake-device-for-media-stream") ? `${flag},device-count=3` : flag,
  );

/** Nobody can pull out a headless browser's device, so the page believes it: from the next call on. */
function believe(): void {
  const devices = navigator.mediaDevices;
  const enumerateDevices = devices.enumerateDevices.bind(devices);
  const getUserMedia = devices.getUserMedia.bind(devices);
  globalThis.unplugged = new Set();
  devices.enumerateDevices = async () =>
    (await enumerateDevices()).filter(({ deviceId }) => !unplugged.has(deviceId));

  const among = async (kind: MediaDeviceKind, wanted: boolean | MediaTrackConstraints = false) => {
    if (!wanted) return false;
    const constraints = wanted === true ? {} : wanted;
    const ids = (await devices.enumerateDevices())
      .filter((device) => device.kind === kind)
      .map(({ deviceId }) => deviceId);
    const { deviceId } = constraints;
    const { exact, ideal } = Object(deviceId) as { exact?: string; ideal?: string };
    const chosen = exact ?? (ids.includes(String(ideal)) ? String(ideal) : ids[0]);
    if (chosen === undefined || !ids.includes(chosen)) {
      throw new DOMException("Requested device not found", "NotFoundError");
    }
    return { ...constraints, deviceId: { exact: chosen } };
  };
  devices.getUserMedia = async ({ audio, video } = {}) =>
    getUserMedia({
      audio: await among("audioinput", audio),
      video: await among("videoinput", video),
    });
}

/** Pulls these out: to the page it looks as to one in Chromium, where tracks end before the list is told to be new. */
export async function pull({ page }: Peer, ...deviceIds: string[]): Promise<void> {
  await page.evaluate(`globalThis.unplugged ?? (${believe})()`);
  await page.evaluate((deviceIds) => {
    for (const deviceId of deviceIds) unplugged.add(deviceId);
    for (const track of lab.captured) {
      if (track.readyState === "ended") continue;
      if (!deviceIds.includes(track.getSettings().deviceId ?? "")) continue;
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  }, deviceIds);
}

/** Plugs one in again that was pulled out. */
export async function plugIn({ page }: Peer, deviceId: string): Promise<void> {
  await page.evaluate((deviceId) => {
    unplugged.delete(deviceId);
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  }, deviceId);
}

/** What a sender of the call sends: its device and whether it runs, by the browser's own word. */
export function sent(
  { page }: Peer,
  kind: "audio" | "video",
): Promise<{ deviceId: string | undefined; readyState: string; enabled: boolean } | undefined> {
  return page.evaluate((kind) => {
    const track = cignal.pc
      ?.getSenders()
      .map(({ track }) => track)
      .find((track) => track?.kind === kind);
    if (!track) return undefined;
    const { readyState, enabled } = track;
    return { deviceId: track.getSettings().deviceId, readyState, enabled };
  }, kind);
}
