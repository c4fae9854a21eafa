import type { ProtocolError } from "@cignal/protocol";
import type { ServerEventEmitter } from "../events/server-events.js";
import type { IceServers } from "../ice/ice-servers.js";
import type { AddressLimits } from "../limits/address-limits.js";
import type { Options } from "../options.js";
import type { CallIns } from "./call-ins.js";
import type { MembershipSetup } from "./membership.js";
import type { PresenceBoard } from "./presence.js";

/** What all connections of a server share. */
export interface ConnectionSetup extends MembershipSetup {
  readonly options: Options;
  readonly events: ServerEventEmitter;
  readonly addressLimits: AddressLimits;
  /** For rooms without a list of their own (C3). */
  readonly iceServers: IceServers;
  /** Of those that wait, by their ids: tries again to come in. */
  readonly callIns: CallIns;
  /** For who watches (O10). */
  readonly board: PresenceBoard;
  /** Why nobody may open a room now. */
  readonly noNewRooms: () => ProtocolError | undefined;
}
