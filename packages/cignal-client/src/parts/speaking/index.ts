import { openEar } from "../../browser/ear.js";
import type { Cignal } from "../../cignal.js";
import { inside } from "../inside.js";
import { type SpeakingOptions, SpeakingWatch } from "./speaking-watch.js";

/**
 * Listens to who speaks, until the room is left: everybody in the call, and the own microphone.
 *
 * Throws a `TypeError` if an argument is wrong.
 */
export function watchSpeaking(cignal: Cignal, options?: SpeakingOptions): SpeakingWatch {
  return new SpeakingWatch(inside(cignal), openEar, options);
}

export type { SpeakingEvents, SpeakingOptions, SpeakingWatch } from "./speaking-watch.js";
