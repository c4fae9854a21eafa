import { type Path, type Sample, wayOf } from "./sample.js";

/** How many changes are kept for the report: the last ones. */
const KEPT = 200;

/** How media go to one peer. While ICE looks for a better path, there is another one each moment: only what lasts counts. */
export class PathWatch {
  #path: Path | undefined;
  /** What was there the last time. */
  #next: Path | undefined;
  #expected = false;
  #changes: { at: number; path: Path }[] = [];
  #connection: string | undefined;
  #ufrag: string | undefined;
  #connections = 0;
  #restarts = 0;

  get path(): Path | undefined {
    return this.#path;
  }

  get changes(): readonly { at: number; path: Path }[] {
    return this.#changes;
  }

  get connections(): number {
    return this.#connections;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** The network is another one, even if the next path looks the same. */
  expectChange(): void {
    this.#expected = true;
    this.#next = undefined;
  }

  see(sample: Sample, now: number): { before: Path; path: Path } | undefined {
    const { connection, ufrag, path } = sample;
    if (connection !== this.#connection) this.#connections++;
    else if (ufrag && this.#ufrag && ufrag !== this.#ufrag) this.#restarts++;
    this.#connection = connection;
    this.#ufrag = ufrag ?? this.#ufrag;
    if (!path) return undefined;
    const lasts = this.#next !== undefined && wayOf(this.#next) === wayOf(path);
    this.#next = path;
    if (!lasts) return undefined;
    const before = this.#path;
    this.#path = path;
    const isNew = before && (this.#expected || wayOf(before) !== wayOf(path));
    this.#expected = false;
    if (!isNew) return undefined;
    this.#changes = [...this.#changes, { at: now, path }].slice(-KEPT);
    return { before, path };
  }
}
