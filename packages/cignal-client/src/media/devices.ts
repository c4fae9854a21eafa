import type { Browser } from "../browser/browser.js";
import { debug } from "../browser/debug.js";
import type { DeviceKeeper, DeviceKeeperOptions } from "./device-keeper.js";
import type { DeviceKind } from "./source.js";

const log = debug("devices");

/** Loads the `DeviceKeeper` and tells it what happens. */
export class Devices {
  readonly #options: DeviceKeeperOptions;
  readonly #stopWatching: () => void;
  #keeper: Promise<DeviceKeeper> | undefined;
  #state: "watching" | "stopped" = "watching";

  constructor(options: DeviceKeeperOptions & { browser: Browser }) {
    this.#options = options;
    this.#stopWatching = options.browser.watchDevices(() => {
      this.#tell((keeper) => keeper.onDeviceChange());
    });
  }

  /** A source has another state. */
  onState(kind: DeviceKind): void {
    const { state, track } = this.#options.sources[kind];
    if (track || state === "ended") this.#tell((keeper) => keeper.onState(kind));
  }

  stop(): void {
    this.#state = "stopped";
    this.#stopWatching();
  }

  /** It is there from the first capture on: whoever pulls out a dock may lose the network with the camera. */
  #tell(run: (keeper: DeviceKeeper) => Promise<void>): void {
    if (this.#state === "stopped") return;
    this.#keeper ??= this.#load();
    this.#keeper.then(run).catch((error: unknown) => {
      log("not kept: %o", error);
      this.#keeper = undefined;
    });
  }

  async #load(): Promise<DeviceKeeper> {
    const { DeviceKeeper } = await import("./device-keeper.js");
    return new DeviceKeeper({
      ...this.#options,
      onDevices: (devices) => {
        if (this.#state === "watching") this.#options.onDevices(devices);
      },
      onFailure: (failure) => {
        if (this.#state === "watching") this.#options.onFailure(failure);
      },
    });
  }
}
