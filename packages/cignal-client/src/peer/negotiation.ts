import { debug } from "../browser/debug.js";

const log = debug("negotiation");

export type Description = { type: "offer" | "answer"; sdp: string };

export interface NegotiationOptions {
  pc: RTCPeerConnection;
  /** The polite peer gives way when both offer at once (S5). */
  polite: boolean;
  send: (description: Description) => void;
  /** The other side's offer or answer is in place; an answer of ours is still to be made. */
  onRemoteDescription: () => void;
  /** A description could not be made or applied; the connection is of no use. */
  onError: (error: unknown) => void;
}

/**
 * Perfect negotiation (W3C webrtc, section 10.7) and nothing else. All steps of one connection run one after another,
 * so its state is `pc.signalingState` and whether the first exchange is over.
 */
export class Negotiation {
  readonly #options: NegotiationOptions;
  /** Until it is `established`, `negotiationneeded` speaks of the exchange that is under way anyway. */
  #phase: "first exchange" | "established" = "first exchange";
  /** Candidates that came before the description they belong to (S4). */
  #early: RTCIceCandidateInit[] = [];
  #steps: Promise<void> = Promise.resolve();

  constructor(options: NegotiationOptions) {
    this.#options = options;
    options.pc.addEventListener("negotiationneeded", () => {
      if (this.#phase === "established") this.offer();
    });
  }

  offer(): void {
    this.#step(async () => {
      const { pc, send } = this.#options;
      // Not stable: the browser asks again when it is (W3C webrtc, section 4.7.3).
      if (pc.signalingState !== "stable") return;
      await pc.setLocalDescription();
      send(made(pc));
    });
  }

  receive(description: Description): void {
    this.#step(() =>
      description.type === "offer"
        ? this.#receiveOffer(description)
        : this.#receiveAnswer(description),
    );
  }

  addCandidates(candidates: RTCIceCandidateInit[]): void {
    this.#step(async () => {
      this.#early.push(...candidates);
      await this.#applyCandidates();
    });
  }

  async #receiveOffer(offer: Description): Promise<void> {
    const { pc, polite, send, onRemoteDescription } = this.#options;
    if (pc.signalingState !== "stable" && !polite) return log("ignored an offer: glare");
    await pc.setRemoteDescription({ ...offer, sdp: keepRole(pc, offer.sdp) });
    onRemoteDescription();
    await pc.setLocalDescription();
    send(made(pc));
    this.#phase = "established";
    await this.#applyCandidates();
  }

  async #receiveAnswer(answer: Description): Promise<void> {
    const { pc, onRemoteDescription } = this.#options;
    if (pc.signalingState !== "have-local-offer") return log("ignored an answer: none is awaited");
    await pc.setRemoteDescription(answer);
    onRemoteDescription();
    this.#phase = "established";
    await this.#applyCandidates();
  }

  async #applyCandidates(): Promise<void> {
    const { pc } = this.#options;
    if (!pc.remoteDescription) return;
    for (const candidate of this.#early.splice(0)) {
      // One that does not fit belongs to an offer that was ignored, or is of a kind that this browser does not know.
      await pc.addIceCandidate(candidate).catch(() => log("a candidate was not accepted"));
    }
  }

  #step(run: () => Promise<void> | void): void {
    const { pc, onError } = this.#options;
    this.#steps = this.#steps.then(async () => {
      if (pc.signalingState === "closed") return;
      try {
        await run();
      } catch (error) {
        if (!isClosed(pc)) onError(error);
      }
    });
  }
}

/**
 * Makes a later offer ask for the DTLS roles that there are (RFC 8842, section 5.5): Firefox answers any open question
 * with `active`, also where it is the passive one, and Chromium refuses to change.
 */
function keepRole({ localDescription, remoteDescription }: RTCPeerConnection, sdp: string): string {
  const theyAreActive =
    remoteDescription?.type === "answer"
      ? remoteDescription.sdp.includes("a=setup:active")
      : localDescription?.type === "answer" && localDescription.sdp.includes("a=setup:passive");
  return theyAreActive ? sdp.replaceAll("a=setup:actpass", "a=setup:active") : sdp;
}

/** Read anew: it may have closed during a step. */
const isClosed = (pc: RTCPeerConnection) => pc.signalingState === "closed";

/** What `setLocalDescription` just made: without an argument it makes an offer or an answer. */
function made(pc: RTCPeerConnection): Description {
  const { type, sdp } = pc.localDescription as Description;
  return { type, sdp };
}
