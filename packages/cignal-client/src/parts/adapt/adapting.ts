import type { Cignal } from "../../cignal.js";
import { Emitter } from "../../lib/emitter.js";
import type { Session } from "../../session.js";
import { inside } from "../inside.js";
import { byRoomSize } from "./by-room-size.js";
import { Camera } from "./camera.js";
import { type Measured, measure, unmeasured } from "./measure.js";
import { checkPlan, limited, type Plan, type Policy } from "./plan.js";
import type { Situation } from "./situation.js";

/** How often to measure, in milliseconds. */
const MEASURE_MS = 2_000;

export interface AdaptOptions {
  /** Default: `byRoomSize`. */
  policy?: Policy | undefined;
}

/** The events of what `adaptMedia` returns. */
type AdaptEvents = {
  /** There is another plan. */
  changed: [plan: Plan];
};

const adapted = new WeakMap<Session, Adapting>();

/**
 * Fits what is captured and sent to the situation: when people come and go, when a screen is shared, and every two
 * seconds to what was measured. What the app has asked for by `mediaConstraints` and `quality` is never exceeded. It ends
 * with the stay in the room; another one on the same `Cignal` takes its place.
 *
 * Throws a `TypeError` if it is given something else than a `Cignal`, or a policy that is no function.
 */
export function adaptMedia(cignal: Cignal, { policy = byRoomSize }: AdaptOptions = {}): Adapting {
  const session = inside(cignal);
  if (typeof policy !== "function") throw new TypeError("policy: expected a function");
  adapted.get(session)?.close();
  const adapting = new Adapting(session, policy);
  adapted.set(session, adapting);
  return adapting;
}

/** A policy at work. */
export class Adapting {
  readonly #session: Session;
  readonly #policy: Policy;
  readonly #events: Emitter<AdaptEvents>;
  readonly #camera: Camera;
  readonly #untap: () => void;
  #measured = new Map<string, Measured>();
  #measurements = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: "open" | "closed" = "open";
  #plan: Plan | undefined;
  #known = "";
  #sent = "";

  /** @internal */
  constructor(session: Session, policy: Policy) {
    this.#session = session;
    this.#policy = policy;
    const { reportError } = session.browser;
    this.#events = new Emitter({ onListenerError: reportError, newestOnly: ["changed"] });
    this.#camera = new Camera(session.media.camera, () => this.#shape());
    this.#untap = session.events.tap((...[name]) => {
      if (name !== "stateChanged") return;
      if (session.closed) this.close();
      else this.#decide();
    });
    if (session.closed) {
      this.close();
      return;
    }
    this.#decide();
    void this.#measure();
  }

  /** What holds now; `undefined` while the policy has not decided anything. */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof AdaptEvents>(
    name: Name,
    listener: (...args: AdaptEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** Captures and sends what the app asked for from now on. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#untap();
    if (this.#session.closed) return;
    this.#camera.release();
    this.#session.room.setShape();
  }

  get #isOpen(): boolean {
    return this.#state === "open";
  }

  async #measure(): Promise<void> {
    const peers = this.#receivers();
    const measured = await Promise.all(peers.map(measure));
    if (!this.#isOpen) return;
    this.#measured = new Map(measured.map((each) => [each.id, each]));
    this.#measurements++;
    this.#decide();
    this.#timer = setTimeout(() => void this.#measure(), MEASURE_MS);
  }

  #receivers() {
    return this.#session.room.peers.filter(({ callState }) => callState === "in-call");
  }

  #decide(): void {
    try {
      const plan = checkPlan(this.#policy(this.#situation(), this.#plan));
      const text = JSON.stringify({ ...plan, memory: undefined });
      const isNew = text !== this.#known;
      this.#known = text;
      this.#plan = plan;
      this.#camera.limit(plan.capture ?? {});
      this.#shape();
      if (isNew) this.#events.emit("changed", plan);
    } catch (error) {
      this.#session.browser.reportError(error);
    }
  }

  /** Sends within the plan. */
  #shape(): void {
    const { peers = {} } = this.#plan ?? {};
    const { scaling } = this.#camera;
    const text = JSON.stringify([peers, scaling]);
    if (text === this.#sent || !this.#isOpen) return;
    this.#sent = text;
    this.#session.room.setShape((wanted, id) => limited(wanted, peers[id], scaling));
  }

  #situation(): Situation {
    const { room, media } = this.#session;
    const people = room.peers.filter(({ info }) => !info.inspector).length + 1;
    const theirs = room.peers.some(({ media }) => media.screen !== "off");
    const measured = this.#receivers().map(
      ({ info: { id } }) => this.#measured.get(id) ?? unmeasured(id),
    );
    const sum = (field: "frames" | "encodeMs") =>
      measured.reduce((total, each) => total + each[field], 0);
    const spanMs = Math.max(0, ...measured.map((each) => each.spanMs));
    return {
      people,
      peers: measured.map(({ id, relay, availableBitrate, sentBitrate, roundTripMs, loss }) => ({
        ...{ id, relay, availableBitrate, sentBitrate, roundTripMs, loss },
      })),
      measurements: this.#measurements,
      camera: this.#camera.given,
      microphone: media.microphone.track !== null,
      screen: media.screen.track ? "own" : theirs ? "theirs" : "nobody",
      cpuLimited: measured.some((each) => each.cpuLimited),
      encodeMs: sum("frames") > 0 ? sum("encodeMs") / sum("frames") : undefined,
      encodeLoad: spanMs > 0 ? sum("encodeMs") / spanMs : undefined,
    };
  }
}
