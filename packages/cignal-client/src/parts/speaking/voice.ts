import { decibels, QUIET_DB } from "./loudness.js";

/** How long something must be loud to be speech, and how long speech may pause, in milliseconds. */
export const VOICE = { attackMs: 120, hangoverMs: 700 };

/** How much louder than the room speech is, and what is too quiet for it in any room, in decibels. */
const OVER_ROOM_DB = 12;
const LOUD_ENOUGH_DB = -50;

/** What lasts becomes the room's noise by so much a second, in decibels; a pause tells at once how quiet it is. */
const RISE_DB = 2;

/** Between two looks that are further apart, nobody has looked. */
const LOOK_MS = 250;

/** Whether somebody speaks, from how loud it is: what is louder than the room for a moment, with its pauses. */
export class Voice {
  /** The noise of the room, in decibels. */
  #room = QUIET_DB;
  #heardAt: number | undefined;
  #loudMs = 0;
  #loudAt = 0;
  #isSpeaking = false;

  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  /** `level` is from 0 to 1, `now` in milliseconds. Returns whether somebody speaks. */
  hear(level: number, now: number): boolean {
    const passed = Math.min(LOOK_MS, now - (this.#heardAt ?? now));
    this.#heardAt = now;
    const loud = decibels(level);
    const isLoud = loud > Math.max(this.#room + OVER_ROOM_DB, LOUD_ENOUGH_DB);
    const rise = (RISE_DB * passed) / 1_000;
    this.#room = Math.max(QUIET_DB, Math.min(loud, this.#room + rise));
    this.#loudMs = isLoud ? this.#loudMs + passed : Math.max(0, this.#loudMs - passed);
    if (isLoud) this.#loudAt = now;
    if (this.#isSpeaking) this.#isSpeaking = now - this.#loudAt < VOICE.hangoverMs;
    else if (isLoud && this.#loudMs >= VOICE.attackMs) this.#isSpeaking = true;
    if (!this.#isSpeaking && now - this.#loudAt >= VOICE.hangoverMs) this.#loudMs = 0;
    return this.#isSpeaking;
  }
}
