import type { Browser } from "../browser/browser.js";

/** What a person may choose one of. */
export type ChosenKind = "microphone" | "camera" | "speaker";

const KEY = "cignal devices";

/** The devices that were chosen on this page or one before, of the same origin. */
export class DeviceMemory {
  readonly #storage: ReturnType<Browser["originStorage"]>;

  /** Without a storage it remembers nothing. */
  constructor(storage: ReturnType<Browser["originStorage"]>) {
    this.#storage = storage;
  }

  /** The id of the device that was chosen last, which may have gone since. */
  recall(kind: ChosenKind): string | undefined {
    const deviceId = this.#read()[kind];
    return typeof deviceId === "string" ? deviceId : undefined;
  }

  /** The next page asks for this device. `""` leaves it to the browser. */
  remember(kind: ChosenKind, deviceId: string): void {
    try {
      const choices = { ...this.#read(), [kind]: deviceId || undefined };
      this.#storage?.setItem(KEY, JSON.stringify(choices));
    } catch {
      // Full: the next page begins with the browser's choice.
    }
  }

  /** Anew each time, as other pages of the origin write it, too. */
  #read(): Partial<Record<ChosenKind, unknown>> {
    try {
      return Object(JSON.parse(this.#storage?.getItem(KEY) ?? ""));
    } catch {
      return {};
    }
  }
}
