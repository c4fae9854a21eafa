import type {
  ClientMessages,
  IceServer,
  PeerInfo,
  PlaceMessage,
  ProtocolError,
  RoomInfo,
  ServerErrorCode,
  ServerMessage,
  WaitingReason,
} from "@cignal/protocol";
import type { ServerEvent } from "../events/server-events.js";
import type { AbsenceReason, Member, Room, Session, Standing } from "./room-state.js";

/** Why the server ended a membership by itself (L6). */
export type DismissalCode = Extract<
  ServerErrorCode,
  | "room-closed"
  | "server-closing"
  | "resumed-elsewhere"
  | "token-expired"
  | "unavailable"
  | "removed"
  | "room-ended"
  | "turned-away"
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
  /** Whether it wants a new room, or one that is there (O2). Absent: either. */
  readonly enter?: "open" | "join" | undefined;
  readonly knock?: boolean | undefined;
  /** Whether it gave a password at all. */
  readonly triesPassword?: boolean;
  /** The hash that the password fits. */
  readonly fittingHash?: string | undefined;
  /** The hash for a room that it opens. */
  readonly newPassword?: string | undefined;
  /** The server's: whether guests wait for a host, rooms begin locked, and nobody sees inspectors. */
  readonly waitForHost?: boolean;
  readonly lock?: boolean;
  readonly hideInspectors?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A member, as long as it is here over this connection. */
export interface Sender {
  readonly peerId: string;
  readonly connection: string;
}

/** What only some may ask of a room (O1). */
export interface Request {
  readonly by: Sender;
  /** Whether the server's `authorize` has granted it. Absent: hosts may. */
  readonly permitted?: boolean;
}

/** About somebody else. */
interface RequestAbout extends Request {
  readonly peerId: string;
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
  | { readonly type: "close"; readonly code: "room-closed" | "server-closing" | "room-ended" }
  | { readonly type: "stop-waiting"; readonly connection: string }
  | PlaceCommand
  | NodeCommand;

/** What members ask of a room (O). */
export type PlaceCommand =
  | ({ readonly type: "set-lock"; readonly locked: boolean } & Request)
  | ({ readonly type: "set-password"; readonly hash: string | undefined } & Request)
  | ({ readonly type: "admit"; readonly capacity: number } & RequestAbout)
  | ({ readonly type: "turn-away" } & RequestAbout)
  | ({ readonly type: "remove" } & RequestAbout)
  /** With the capacity, for who waited for a host. */
  | ({ readonly type: "transfer-host"; readonly capacity: number } & RequestAbout)
  | ({ readonly type: "end-room" } & Request)
  | ({ readonly type: "update"; readonly change: ClientMessages["update"] } & Request);

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

export type CommandOf<Type extends Command["type"]> = Extract<Command, { type: Type }>;

/** What a joining client is told, less what only its connection knows (H3). */
export interface Welcome {
  readonly you: PeerInfo;
  readonly peers: readonly PeerInfo[];
  readonly revision: number;
  /** Absent: the server's own list. */
  readonly iceServers?: readonly IceServer[];
  readonly resumed: boolean;
  readonly room: RoomInfo;
  /** Who knocks; for hosts (O4). */
  readonly waiting?: readonly PeerInfo[];
}

/** How a command ends: the next room, `undefined` if nobody is left, and what is to be done. */
export interface Decision {
  /** The very same object as before if nothing has changed. */
  readonly room: Room | undefined;
  readonly effects: readonly Effect[];
}

/** What is to be done once the room has changed. */
export type Effect =
  | { readonly type: "welcome"; readonly welcome: Welcome }
  | {
      readonly type: "tell";
      readonly to: readonly Member[];
      readonly message: ServerMessage | PlaceMessage;
    }
  /** To who has just asked to come in. */
  | { readonly type: "wait"; readonly reason: WaitingReason }
  /** To who waits over this connection: try again. */
  | { readonly type: "call-in"; readonly connection: string }
  /** The same, but they are refused. */
  | { readonly type: "turn-away"; readonly connection: string; readonly code: DismissalCode }
  | { readonly type: "dismiss"; readonly connection: string; readonly code: DismissalCode }
  /** Milliseconds since the epoch. */
  | ({ readonly type: "start-grace"; readonly until: number } & Sender)
  | { readonly type: "end-grace"; readonly peerId: string; readonly lost: string }
  | { readonly type: "announce"; readonly event: ServerEvent };
