import type { Browser } from "../browser/browser.js";

/** A device as a menu shows it. */
export interface ListedDevice {
  /** For `switchDevice` or `setSpeaker`. `""`, before the page may use such a device, leaves it to the browser. */
  readonly deviceId: string;
  /** The browser's name for it; before the page may use such a device "Camera 1" and the like. */
  readonly label: string;
}

/** What can be chosen from, of each kind the system's default first. */
export interface DeviceList {
  readonly microphones: readonly ListedDevice[];
  readonly cameras: readonly ListedDevice[];
  /** Empty where the browser has no choice of them, as Safari. */
  readonly speakers: readonly ListedDevice[];
}

/** Chromium lists the system's defaults a second time, by these ids. */
const ALIASES = ["default", "communications"];

const isAlias = ({ deviceId }: MediaDeviceInfo) => ALIASES.includes(deviceId);

/** Empty lists where a page has no access to devices. Never rejects. */
export async function deviceList({
  enumerateDevices,
}: Pick<Browser, "enumerateDevices">): Promise<DeviceList> {
  const all = await enumerateDevices().catch(() => []);
  return Object.freeze({
    microphones: choices(all, "audioinput", "Microphone"),
    cameras: choices(all, "videoinput", "Camera"),
    speakers: choices(all, "audiooutput", "Speaker"),
  });
}

function choices(
  all: MediaDeviceInfo[],
  kind: MediaDeviceKind,
  word: string,
): readonly ListedDevice[] {
  const ofKind = all.filter((device) => device.kind === kind);
  const known = ofKind.filter(({ deviceId }) => deviceId !== "");
  const real = known.filter((device) => !isAlias(device));
  const standard = known.find(isAlias)?.groupId;
  const once = known.filter(
    (device) => !isAlias(device) || !real.some(({ groupId }) => groupId === device.groupId),
  );
  once.sort((one, other) => Number(other.groupId === standard) - Number(one.groupId === standard));
  // One without an id tells a page that there is one to ask for.
  const shown = once.length > 0 ? once : ofKind.slice(0, 1);
  return Object.freeze(
    shown.map(({ deviceId, label }, index) =>
      Object.freeze({ deviceId, label: label || `${word} ${index + 1}` }),
    ),
  );
}
