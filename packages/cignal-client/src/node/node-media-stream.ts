import type { RtpTrack } from "./rtp-track.js";

class TrackEvent extends Event {
  readonly track: RtpTrack;

  constructor(type: "addtrack" | "removetrack", track: RtpTrack) {
    super(type);
    this.track = track;
  }
}

/** The part of a MediaStream that a call uses. Unlike a browser's it tells of all tracks that come and go. */
export class NodeMediaStream extends EventTarget {
  readonly id: string = crypto.randomUUID();
  readonly #tracks = new Set<RtpTrack>();

  get active(): boolean {
    return this.getTracks().some(({ readyState }) => readyState === "live");
  }

  getTracks(): RtpTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): RtpTrack[] {
    return this.getTracks().filter(({ kind }) => kind === "audio");
  }

  getVideoTracks(): RtpTrack[] {
    return this.getTracks().filter(({ kind }) => kind === "video");
  }

  getTrackById(id: string): RtpTrack | null {
    return this.getTracks().find((track) => track.id === id) ?? null;
  }

  addTrack(track: RtpTrack): void {
    if (this.#tracks.has(track)) return;
    this.#tracks.add(track);
    this.dispatchEvent(new TrackEvent("addtrack", track));
  }

  removeTrack(track: RtpTrack): void {
    if (this.#tracks.delete(track)) this.dispatchEvent(new TrackEvent("removetrack", track));
  }
}

/**
 * Calls `listener` for each track of a stream, those that are there and those that come: somebody may switch the camera
 * on later, and a connection that was made anew has new tracks. Returns what ends that.
 *
 * @param stream - of a `Cignal` in Node: what `remoteStream` or `screenStream` gave
 */
export function onTrack(stream: MediaStream, listener: (track: RtpTrack) => void): () => void {
  const ours: unknown = stream;
  if (!(ours instanceof NodeMediaStream)) {
    throw new TypeError("onTrack: expected a stream of a Cignal in Node");
  }
  const onAdd = (event: Event) => listener((event as TrackEvent).track);
  ours.addEventListener("addtrack", onAdd);
  for (const track of ours.getTracks()) listener(track);
  return () => ours.removeEventListener("addtrack", onAdd);
}
