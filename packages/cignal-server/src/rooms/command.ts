import type {
  IceServer,
  PeerInfo,
  ProtocolError,
  ServerErrorCode,
  ServerMessage,
} from "@cignal/protocol";
import type { ServerEvent } from "../events/server-events.js";
import type { AbsenceReason, Member, Room, Session, Standing } from "./room-state.js";

/** Why the server ended a membership by itself (L6). */
export type DismissalCode = Extract<
  ServerErrorCode,
  "room-closed" | "server-closing" | "resumed-elsewhere" | "token-expired" | "unavailable"
>;

export interface JoinCommand {
  readonly type: "join";
  readonly roomId: string;
  readonly peer: PeerInfo;
  /** Absent: nobody was asked who it is. */
  readonly standing?: Standing | undefined;
  /** Its id counts if it joins, not if it resumes. */
  readonly session: Session;
  readonly connection: string;
  /** Hash of the token that goes out with the welcome (L5). */
  readonly newTokenHash: string;
  /** Whether the token with this hash is the one that the client sent to resume with (L4). */
  readonly proves: (tokenHash: string) => boolean;
  readonly capacity: number;
  /** Why it may enter, but not open a room. Absent: it may. */
  readonly mayNotOpen?: ProtocolError;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A member, as long as it is here over this connection. */
export interface Sender {
  readonly peerId: string;
  readonly connection: string;
}

/** What can be asked of a room. Ids, times and hashes come along, so that deciding needs nothing else. */
export type Command =
  | JoinCommand
  | ({ readonly type: "leave" } & Sender)
  /** The client has sent something after its welcome, so it has its new token (L5). */
  | ({ readonly type: "confirm" } & Sender)
  | ({ readonly type: "connection-lost"; readonly reason: AbsenceReason } & Sender)
  /** The absence that began with the loss of this connection has lasted as long as it may. */
  | ({ readonly type: "grace-expired"; readonly now: number } & Sender)
  /** What the server knows of the member does not hold any longer (L8). */
  | ({ readonly type: "expire" } & Sender)
  | {
      readonly type: "set-ice-servers";
      readonly iceServers: readonly IceServer[];
      /** Absent: the server itself. */
      readonly by?: Sender;
    }
  | { readonly type: "close"; readonly code: "room-closed" | "server-closing" }
  | NodeCommand;

/** What becomes of a room when nodes come and go. */
export type NodeCommand =
  /** This node ends. Its members come back to others. */
  | { readonly type: "evacuate" }
  /** That node has ended without a word. */
  | { readonly type: "take-over"; readonly from: string }
  /** The store may have lost the room, or another node may have given up on this one. */
  | {
      readonly type: "restore";
      /** The room as this node knows it. */
      readonly known: Room;
      /** Whether the socket of a connection is open on this node. */
      readonly isHere: (connection: string) => boolean;
      readonly capacity: number;
    };

/** What a joining client is told, less what only its connection knows (H3). */
export interface Welcome {
  readonly you: PeerInfo;
  readonly peers: readonly PeerInfo[];
  readonly revision: number;
  /** Absent: the server's own list. */
  readonly iceServers?: readonly IceServer[];
  readonly resumed: boolean;
}

/** How a command ends: the next room, `undefined` if it has no members left, and what is to be done. */
export interface Decision {
  /** The very same object as before if nothing has changed. */
  readonly room: Room | undefined;
  readonly effects: readonly Effect[];
}

/** What is to be done once the room has changed. */
export type Effect =
  | { readonly type: "welcome"; readonly welcome: Welcome }
  | { readonly type: "tell"; readonly to: readonly Member[]; readonly message: ServerMessage }
  | { readonly type: "dismiss"; readonly connection: string; readonly code: DismissalCode }
  /** Milliseconds since the epoch. */
  | ({ readonly type: "start-grace"; readonly until: number } & Sender)
  | { readonly type: "end-grace"; readonly peerId: string; readonly lost: string }
  | { readonly type: "announce"; readonly event: ServerEvent };
