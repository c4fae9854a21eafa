import type { Plan } from "./plan.js";
import type { Situation } from "./situation.js";

/** The largest picture by how many people are there beside oneself. */
const SIZES = [
  { upTo: 2, maxWidth: 640, maxHeight: 580 },
  { upTo: 4, maxWidth: 320, maxHeight: 290 },
  { upTo: 6, maxWidth: 320, maxHeight: 193 },
  { upTo: Number.POSITIVE_INFINITY, maxWidth: 320, maxHeight: 145 },
];

/** Smaller pictures the more people are in the room: one policy for all, whatever network and processor bear. */
export function byRoomSize({ people }: Pick<Situation, "people">): Plan {
  const others = people - 1;
  const { maxWidth, maxHeight } = SIZES.find(({ upTo }) => others <= upTo) ?? {};
  return { capture: { maxWidth, maxHeight, minFrameRate: 10, maxFrameRate: 30 } };
}
