import type { CignalErrorDetails, ClientErrorCode } from "../errors.js";

/** Where sound comes out of the page. */
export type Outlet = { setSinkId?: (deviceId: string) => Promise<void> };

/** What went wrong; the core makes an error of it. */
export interface PlaybackProblem extends CignalErrorDetails {
  code: ClientErrorCode;
  message: string;
}

/** W3C audio-output, section 2.1. */
function explain(cause: unknown): PlaybackProblem {
  const about = { cause, device: "speaker" } as const;
  switch (cause instanceof Error && cause.name) {
    case "NotFoundError": {
      const message = "There is no such output device. Choose one that the browser lists.";
      return { ...about, code: "device-not-found", message };
    }
    // Chromium's name for it, in place of the standard's.
    case "SecurityError":
    case "NotAllowedError": {
      const message = "This page may not use that output device. Ask for the microphone first.";
      return { ...about, code: "permission-denied", message, retryable: true };
    }
    default: {
      const message = `The output device failed: ${String(cause)}`;
      return { ...about, code: "media-failed", message };
    }
  }
}

/** The device that sound comes out of, and the default while that one is not there. */
export class Speaker {
  readonly #createAudio: () => Outlet;
  readonly #log: (format: string, ...args: unknown[]) => void;
  /** Each with the last change that it was asked for. */
  readonly #outlets = new Map<Outlet, Promise<void>>();
  /** `undefined`: nobody has chosen, and each outlet is left as it is. */
  #chosen: string | undefined;
  #connected: readonly string[] | undefined;
  #asked = 0;
  #answered = 0;

  /** @param recalled - chosen on an earlier page; used once it is known to be there */
  constructor(
    createAudio: () => Outlet,
    log: (format: string, ...args: unknown[]) => void = () => {},
    recalled?: string,
  ) {
    this.#createAudio = createAudio;
    this.#log = log;
    this.#chosen = recalled;
    if (recalled) this.#connected = [];
  }

  add(outlet: Outlet): void {
    this.#outlets.set(outlet, Promise.resolve());
    void this.#tryRoute(outlet);
  }

  remove(outlet: Outlet): void {
    this.#outlets.delete(outlet);
  }

  /** `""` is the default. What was chosen last holds; what cannot be had changes nothing. */
  async choose(deviceId: string): Promise<PlaybackProblem | undefined> {
    const turn = ++this.#asked;
    // It says whether the browser can do it at all, and with this device, before anything is changed.
    const probe = this.#createAudio();
    if (!probe.setSinkId) {
      const message =
        "This browser cannot choose where sound comes out. The system's settings can.";
      return { code: "not-supported", message, device: "speaker" };
    }
    try {
      await probe.setSinkId(deviceId);
      if (turn < this.#answered) return undefined;
      this.#answered = turn;
      this.#chosen = deviceId;
      // The browser has it, whatever an older list said.
      this.#connected = undefined;
      await Promise.all([...this.#outlets.keys()].map((outlet) => this.#route(outlet)));
      return undefined;
    } catch (cause) {
      return explain(cause);
    }
  }

  /** The output devices that there are now. */
  onDevices(connected: readonly string[]): void {
    this.#connected = connected;
    for (const outlet of this.#outlets.keys()) void this.#tryRoute(outlet);
  }

  get #deviceId(): string | undefined {
    const chosen = this.#chosen;
    const isThere = !chosen || !this.#connected || this.#connected.includes(chosen);
    return isThere ? chosen : "";
  }

  /** One change of an outlet after the other: the last one then holds. */
  #route(outlet: Outlet): Promise<void> {
    const before = this.#outlets.get(outlet) ?? Promise.resolve();
    const change = async () => {
      const deviceId = this.#deviceId;
      if (deviceId !== undefined) await outlet.setSinkId?.(deviceId);
    };
    const routed = before.then(change, change);
    this.#outlets.set(outlet, routed);
    return routed;
  }

  async #tryRoute(outlet: Outlet): Promise<void> {
    try {
      await this.#route(outlet);
    } catch (error) {
      this.#log("speaker: %s", error);
    }
  }
}
