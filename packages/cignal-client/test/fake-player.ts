import { vi } from "vitest";

const error = (name: string) => Object.assign(new Error(name), { name });

/** What the browser thinks of playing with sound, for all elements of a page. */
export interface AutoplayPolicy {
  mayPlay: boolean;
}

/** An element as browsers play it: HTML, sections 4.8.11.5 (load) and 4.8.11.8 (play). */
export class FakePlayer {
  autoplay = false;
  paused = true;
  muted = false;
  readonly attributes: string[] = [];
  readonly #policy: AutoplayPolicy;
  #source: MediaStream | null = null;
  #waiting: ((error: Error) => void)[] = [];

  constructor(policy: AutoplayPolicy = { mayPlay: true }) {
    this.#policy = policy;
  }

  get srcObject(): MediaStream | null {
    return this.#source;
  }

  set srcObject(stream: MediaStream | null) {
    this.#source = stream;
    this.paused = true;
    for (const reject of this.#waiting.splice(0)) reject(error("AbortError"));
  }

  setAttribute(name: string): void {
    this.attributes.push(name);
  }

  /** Allowed, it waits for a picture, and none comes here. */
  play = vi.fn((): Promise<void> => {
    if (!this.muted && !this.#policy.mayPlay) return Promise.reject(error("NotAllowedError"));
    this.paused = false;
    return new Promise((_, reject) => {
      this.#waiting.push(reject);
    });
  });
}

/** The output devices of a system, and elements that can use them. */
export class FakeSpeakers {
  readonly connected = new Set(["", "desk", "head"]);
  /** Answers that are due; the test gives them, in any order. */
  readonly due: (() => void)[] = [];
  #answers: "at once" | "when told" = "at once";

  hold(): void {
    this.#answers = "when told";
  }

  /** Makes this element one that can choose. */
  equip<Element extends object>(element: Element) {
    let sinkId = "";
    const setSinkId = (deviceId: string) =>
      new Promise<void>((resolve, reject) => {
        const answer = () => {
          if (!this.connected.has(deviceId)) return reject(error("NotFoundError"));
          sinkId = deviceId;
          resolve();
        };
        if (this.#answers === "at once") answer();
        else this.due.push(answer);
      });
    return Object.defineProperty(Object.assign(element, { setSinkId }), "sinkId", {
      get: () => sinkId,
    }) as Element & { setSinkId: typeof setSinkId; readonly sinkId: string };
  }
}
