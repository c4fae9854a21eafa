/** `cignal-client/adapt`: what is captured and sent, by how many are in the room and what the network bears. */
export { type Adapting, type AdaptOptions, adaptMedia } from "./adapting.js";
export { byRoomSize } from "./by-room-size.js";
export { byUplink, type UplinkOptions } from "./by-uplink.js";
export type { CaptureLimits, PeerLimits, Plan, Policy, SendLimits } from "./plan.js";
export type { OwnCamera, PeerSituation, Situation } from "./situation.js";
