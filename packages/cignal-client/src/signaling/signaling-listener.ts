import type { ServerMessage, ServerMessages } from "@cignal/protocol";
import type { CignalError } from "../errors.js";
import type { SignalingState } from "./connection-machine.js";

/** What the server tells a member of a room. */
export type RoomMessage = Exclude<
  ServerMessage,
  { type: "welcome" | "checked" | "refused" | "closed" }
>;

/** What a signalling channel tells. */
export interface SignalingListener {
  onState: (state: SignalingState) => void;
  /** Entered, or entered again after a loss. */
  onWelcome: (welcome: ServerMessages["welcome"]) => void;
  onMessage: (message: RoomMessage) => void;
  /** What not every call needs (O); it has not been parsed. */
  onOther: (type: string, payload: unknown) => void;
  /** The membership ended for good; the channel is closed. */
  onEnd: (error: CignalError) => void;
}
