import { type Judgement, worse } from "./grade.js";

/** For how long it must be worse, and better, before the grade changes, in milliseconds. */
export const SETTLE = { worseMs: 2_000, betterMs: 5_000 };

/** The grade as it is told, and since when the judgements are other ones. */
export interface Settled {
  readonly told: Judgement;
  /** The mildest of the judgements that were worse in a row, or the worst of those that were better. */
  readonly turn?: {
    readonly to: "worse" | "better";
    readonly since: number;
    readonly at: Judgement;
  };
}

const milder = (one: Judgement, other: Judgement) => (worse(one.grade, other.grade) ? other : one);
const harsher = (one: Judgement, other: Judgement) => (worse(other.grade, one.grade) ? other : one);

/**
 * The next grade to tell, so that it does not flap: it falls soon, and rises when it has been better for a while. The reason
 * is that of the newest judgement of this grade. `now` is in milliseconds.
 */
export function settle(state: Settled, judged: Judgement, now: number): Settled {
  const { told, turn } = state;
  if (judged.grade === told.grade) return { told: judged };
  const to = worse(judged.grade, told.grade) ? "worse" : "better";
  const same = turn?.to === to ? turn : undefined;
  const since = same?.since ?? now;
  const pick = to === "worse" ? milder : harsher;
  const at = same ? pick(judged, same.at) : judged;
  const waitMs = to === "worse" ? SETTLE.worseMs : SETTLE.betterMs;
  return now - since >= waitMs ? { told: at } : { told, turn: { to, since, at } };
}
