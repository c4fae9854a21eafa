import { type CandidatesMessage, LIMITS } from "@cignal/protocol";

/** Candidates of one network interface come within a few milliseconds; they leave together (S4). */
const BATCH_MS = 5;

type Candidate = CandidatesMessage["candidates"][number];

/** Collects local candidates and sends them in batches. */
export class CandidateBatch {
  readonly #send: (candidates: Candidate[]) => void;
  #waiting: Candidate[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (candidates: Candidate[]) => void) {
    this.#send = send;
  }

  add(candidate: Candidate): void {
    this.#waiting.push(candidate);
    if (this.#waiting.length === LIMITS.candidates) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  flush(): void {
    const candidates = this.#waiting;
    this.drop();
    if (candidates.length > 0) this.#send(candidates);
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
