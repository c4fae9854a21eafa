import { isPageHidden } from "../../browser/page-visibility.js";
import type { Cignal } from "../../cignal.js";
import { inside } from "../inside.js";
import { type QualityOptions, QualityWatch } from "./quality-watch.js";

/**
 * Watches how calls go, until the room is left: figures and a grade for each peer, freezes, and a report at the end.
 *
 * Throws a `TypeError` if an argument is wrong.
 */
export function watchQuality(cignal: Cignal, options: QualityOptions = {}): QualityWatch {
  return new QualityWatch(inside(cignal), isPageHidden, options);
}

export type { Figures, ReceivedFigures, SentFigures } from "./figures.js";
export type { Grade, Judgement, Trouble } from "./grade.js";
export type { Direction, PeerQuality, QualityEvents } from "./quality-events.js";
export type { QualityOptions, QualityWatch } from "./quality-watch.js";
export type { CallReport, DirectionReport, PeerReport, Verdict } from "./report.js";
export type { FlowKind, Path } from "./sample.js";
