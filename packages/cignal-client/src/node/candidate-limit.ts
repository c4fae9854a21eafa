/** How many addresses of the other side are tried: RFC 8445, section 6.1.2.5, has a default of as many pairs. */
const AT_MOST = 100;

/**
 * Lets so many candidates of each generation of ICE credentials pass and no more: it is the peer who says to which addresses
 * this side sends checks, and werift takes longer with each of them.
 */
export class CandidateLimit {
  #ufrag: string | undefined;
  readonly #passed = new Set<string>();

  /** A description without those that are too many. */
  description(sdp: string): string {
    const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
    if (ufrag !== this.#ufrag) this.#passed.clear();
    this.#ufrag = ufrag;
    return sdp.replace(/^a=(candidate:.*)(?:\r?\n|$)/gm, (line, candidate: string) =>
      this.passes(candidate.trim()) ? line : "",
    );
  }

  /** One that has passed before does so again. */
  passes(candidate: string): boolean {
    if (!this.#passed.has(candidate) && this.#passed.size >= AT_MOST) return false;
    this.#passed.add(candidate);
    return true;
  }
}
