import type { LocalTracks } from "../media/local-media.js";
import type { Receivers } from "./remote-media.js";

type Line = "screenVideo" | "screenAudio";

const LINES: readonly (readonly [Line, "video" | "audio"])[] = [
  ["screenVideo", "video"],
  ["screenAudio", "audio"],
];

/**
 * The transceivers of shared screens beside those of the call (P7). Each side adds its own, the first time that it shares,
 * and keeps them, so that the next time needs no negotiation.
 */
export class ScreenLines {
  readonly #pc: RTCPeerConnection;
  readonly #onPicture: (transceiver: RTCRtpTransceiver) => void;
  #ours: RTCRtpTransceiver[] = [];

  /** `onPicture` is told of the transceiver of our picture when it is made. */
  constructor(pc: RTCPeerConnection, onPicture: (transceiver: RTCRtpTransceiver) => void) {
    this.#pc = pc;
    this.#onPicture = onPicture;
  }

  /** The sender of our shared picture, once there has been one. */
  get sender(): RTCRtpSender | undefined {
    return this.#ours[0]?.sender;
  }

  /** Sends these from now on. */
  send(tracks: LocalTracks): void {
    const used = this.#ours.length > 0;
    if (!used && !tracks.screenVideo) return;
    if (!used) {
      this.#ours = LINES.map(([, kind]) =>
        this.#pc.addTransceiver(kind, { direction: "sendonly" }),
      );
      if (this.#ours[0]) this.#onPicture(this.#ours[0]);
    }
    for (const [index, [line]] of LINES.entries()) {
      const { sender } = this.#ours[index] as RTCRtpTransceiver;
      // Rejects only when the connection has been closed meanwhile.
      if (sender.track !== tracks[line]) sender.replaceTrack(tracks[line]).catch(() => {});
    }
  }

  /** What comes of theirs: of what they have added to the call's own transceivers, the first of each kind. */
  receivers(call: readonly RTCRtpTransceiver[]): Receivers {
    const theirs = this.#pc
      .getTransceivers()
      .filter((each) => !this.#ours.includes(each) && !call.includes(each));
    const found = LINES.flatMap(([line, kind]) => {
      const track = theirs.find(({ receiver }) => receiver.track.kind === kind)?.receiver.track;
      return track ? [[line, track]] : [];
    });
    return Object.fromEntries(found);
  }
}
