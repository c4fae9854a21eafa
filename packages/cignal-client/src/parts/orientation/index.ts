import { orientationBrowser } from "../../browser/orientation.js";
import type { Cignal } from "../../cignal.js";
import { inside } from "../inside.js";
import { SharedOrientation } from "./shared-orientation.js";

export type { OrientationEvents, SharedOrientation } from "./shared-orientation.js";
export type { Orientation } from "./wire.js";

/**
 * Tells everybody in the room, now and later, how this device is held and which way its camera looks, and hears it of
 * everybody who does so too. It closes when the room is left.
 */
export function shareOrientation(cignal: Cignal): SharedOrientation {
  return new SharedOrientation(inside(cignal), orientationBrowser);
}
