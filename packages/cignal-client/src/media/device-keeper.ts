import type { Browser } from "../browser/browser.js";
import type { CignalErrorDetails } from "../errors.js";
import { type DeviceList, deviceList } from "./device-list.js";
import type { DeviceKind, Source } from "./source.js";

/** Who pulls out a dock loses microphone and camera in one moment: the browser is asked for both at once. */
const MOMENT_MS = 50;

/** A device that has run so long has not merely blinked, and gets another chance. */
const BLINK_MS = 10_000;

/** What becomes a `CignalError`, or is one. */
export interface DeviceFailure extends CignalErrorDetails {
  readonly code: string;
  readonly message: string;
}

type KeptSource = Pick<Source, "state" | "track" | "wished" | "waits" | "fallBack">;

export interface DeviceKeeperOptions {
  browser: Pick<Browser, "enumerateDevices">;
  sources: Readonly<Record<DeviceKind, KeptSource>>;
  /** There is something else to choose from, or its labels are known now. */
  onDevices: (devices: DeviceList) => void;
  onFailure: (failure: DeviceFailure) => void;
}

/** What is known of the device of one kind. */
class Kept {
  track: MediaStreamTrack | null = null;
  deviceId: string | undefined;
  /** Went last, and no device has come since. */
  gone: string | undefined;
  /** When it was captured. */
  since = 0;
  /** Those that were asked for since devices came or went: each gets one chance. */
  readonly tried = new Set<string>();
  state: "well" | "mending" = "well";
}

/**
 * Goes on with another device when one is pulled out, or as soon as there is one. Tells what there is to choose from.
 */
export class DeviceKeeper {
  readonly #options: DeviceKeeperOptions;
  readonly #kept = { microphone: new Kept(), camera: new Kept() };
  #listing: Promise<DeviceList> | undefined;
  #moment: Promise<void> | undefined;
  #told = "";
  /** How often devices have come or gone. */
  #changes = 0;

  constructor(options: DeviceKeeperOptions) {
    this.#options = options;
  }

  /** A device was connected or removed. */
  async onDeviceChange(): Promise<void> {
    this.#changes++;
    this.#listing = undefined;
    for (const kept of Object.values(this.#kept)) {
      kept.gone = undefined;
      kept.tried.clear();
    }
    await Promise.all([this.#list(), this.#mend("microphone"), this.#mend("camera")]);
  }

  /** A source has another state. */
  async onState(kind: DeviceKind): Promise<void> {
    const kept = this.#kept[kind];
    const source = this.#options.sources[kind];
    const { track } = source;
    if (track && track !== kept.track) {
      const { deviceId } = track.getSettings();
      Object.assign(kept, { track, deviceId, since: Date.now() });
      // Browsers tell the labels from the first capture on.
      await this.#list();
    }
    if (source.state !== "ended" || kept.state === "mending") return;
    kept.gone = kept.deviceId;
    if (Date.now() - kept.since > BLINK_MS) kept.tried.clear();
    const failure = await this.#mend(kind);
    if (source.waits) this.#options.onFailure(failure ?? missing(kind));
  }

  /** Tries what there is. Returns what a person can do about it, if nothing could be had and something else is wrong. */
  async #mend(kind: DeviceKind): Promise<DeviceFailure | undefined> {
    const kept = this.#kept[kind];
    const source = this.#options.sources[kind];
    let busy: DeviceFailure | undefined;
    let changes: number | undefined;
    if (kept.state === "mending") return;
    kept.state = "mending";
    while (source.waits && changes !== this.#changes) {
      await this.#momentLater();
      changes = this.#changes;
      for (let next = await this.#next(kind); next !== undefined; next = await this.#next(kind)) {
        kept.tried.add(next);
        try {
          await source.fallBack(next);
        } catch (error) {
          const failure = error as DeviceFailure;
          if (failure.code === "permission-denied") this.#options.onFailure(failure);
          if (failure.code === "device-busy") busy = failure;
        }
        if (!source.waits) break;
      }
    }
    kept.state = "well";
    return busy;
  }

  /** What was chosen comes first, and last what has just gone: it may merely have been reset. */
  async #next(kind: DeviceKind): Promise<string | undefined> {
    const { tried, gone } = this.#kept[kind];
    const { wished } = this.#options.sources[kind];
    const devices = (await this.#list())[`${kind}s`];
    const rank = (id: string) => (id === gone ? 2 : id === wished ? 0 : 1);
    return devices
      .map(({ deviceId }) => deviceId)
      .filter((id) => !tried.has(id))
      .sort((one, other) => rank(one) - rank(other))[0];
  }

  /** The same moment for all who wait. */
  #momentLater(): Promise<void> {
    this.#moment ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#moment = undefined;
        resolve();
      }, MOMENT_MS);
    });
    return this.#moment;
  }

  /** Who asks at the same time gets the same answer. */
  #list(): Promise<DeviceList> {
    this.#listing ??= this.#enumerate();
    return this.#listing;
  }

  async #enumerate(): Promise<DeviceList> {
    const changes = this.#changes;
    const devices = await deviceList(this.#options.browser);
    if (changes !== this.#changes) return this.#list();
    this.#listing = undefined;
    const text = JSON.stringify(devices);
    if (text !== this.#told) this.#options.onDevices(devices);
    this.#told = text;
    return devices;
  }
}

const missing = (device: DeviceKind): DeviceFailure => ({
  code: "device-not-found",
  message: `The ${device} has gone away, and there is no other one. It goes on when one is connected.`,
  device,
  retryable: true,
});
