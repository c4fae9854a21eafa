import type { AboutPeer } from "../../cignal-events.js";
import type { Figures } from "./figures.js";
import type { Judgement } from "./grade.js";
import type { CallReport } from "./report.js";
import type { FlowKind, Path } from "./sample.js";

export type Direction = "inbound" | "outbound";

/** How the call with a peer is now. */
export interface PeerQuality extends Figures {
  /** Of what comes from them, and of what goes to them. */
  readonly grades: Readonly<Record<Direction, Judgement>>;
}

export interface QualityEvents {
  /** The grade of a direction has changed, for a while: it does not flap. The first one is `good`, and is not told. */
  graded: [graded: Judgement & { readonly direction: Direction }, about: AboutPeer];
  /** A peer's picture (`video`) stands still, or their sound (`audio`) has stopped, though they send it. */
  freeze: [freeze: { readonly kind: "audio" | "video" }, about: AboutPeer];
  /** It comes again (`recovered`), or is not sent any more. Follows each `freeze`. */
  freezeEnded: [
    end: {
      readonly kind: "audio" | "video";
      readonly durationMs: number;
      readonly recovered: boolean;
    },
    about: AboutPeer,
  ];
  /** This computer is too slow to encode better pictures. */
  cpuLimited: [];
  /** It is not any more, or sends none. Follows each `cpuLimited`. */
  cpuFree: [end: { readonly durationMs: number }];
  /** Media go another way than before: another kind of network, through a TURN server or without. */
  networkChanged: [change: { readonly before: Path; readonly path: Path }, about: AboutPeer];
  /** The first of a kind has come from a peer, so long after the call with them began. Once in a call for each kind. */
  firstMedia: [first: { readonly kind: FlowKind; readonly afterMs: number }, about: AboutPeer];
  /** The call is over: nobody is in it any more, or the room was left. */
  report: [report: CallReport];
}
