import type {
  ClientMessageType,
  LeaveReason,
  PeerInfo,
  ServerErrorCode,
  WaitingReason,
} from "@cignal/protocol";
import { describeError, type Logger } from "../log.js";
import type { Session } from "../rooms/room-state.js";
import type { LiveEventResult } from "./live-event.js";

/** A membership that begins or ends. */
export interface MembershipNews {
  roomId: string;
  peer: PeerInfo;
  /** The host application's id of the user, if `authenticate` has said one. */
  userId?: string;
  session: Session;
  /** How many members the room has from now on. */
  size: number;
  /** Of the room: higher than in all such events of it before. */
  revision: number;
}

/** What a Cignal server tells, by event name. Each payload is plain JSON. */
export interface ServerEvents {
  /** Somebody joined a room that did not exist. `peerJoined` follows. */
  roomOpened: { roomId: string };
  /** The last member is gone. Comes after its `peerLeft`. */
  roomClosed: { roomId: string };
  /** A new member; one that resumes is not new. */
  peerJoined: MembershipNews;
  /** A membership ended, once for each `peerJoined`. */
  peerLeft: MembershipNews & { reason: LeaveReason };
  /** What the others see of a member has changed: name, role, host or not, details, media. */
  peerUpdated: { roomId: string; peer: PeerInfo };
  /** A room was locked or unlocked, or has another password, or none. */
  roomUpdated: { roomId: string; locked: boolean; hasPassword: boolean };
  /** Somebody knocks, or waits for a host. They are not in the room; `peerJoined` or `peerRefused` follows, unless they go. */
  peerWaiting: { roomId: string; peer: PeerInfo; reason: WaitingReason };
  /** A handshake was refused. The ids are absent if it could not be read. */
  peerRefused: { code: ServerErrorCode; roomId?: string; peerId?: string };
  /** A handshake was answered, so many milliseconds after it came. */
  handshakeAnswered: { result: HandshakeResult; durationMs: number };
  /** A message of a member could be read; it may still be refused. Beats are messages, too. */
  messageReceived: { roomId: string; peerId: string; type: ClientMessageType };
  /** A message was refused (E2), of a member or of somebody who is none yet. */
  messageRefused: { code: ServerErrorCode; roomId?: string; peerId?: string };
  /** What became of a live event, or of an attempt to publish it. */
  liveEventSettled: { publisher: string; result: LiveEventResult };
}

/** `checked` is who only wanted to know whether they could enter (H7), `watching` who only wants to know who is there. */
export type HandshakeResult = "joined" | "resumed" | "waiting" | "watching" | "checked" | "refused";

export type ServerEventName = keyof ServerEvents;

/** An event as one value: its name and its payload. */
export type ServerEvent<Name extends ServerEventName = ServerEventName> = {
  [Each in Name]: { readonly name: Each; readonly payload: ServerEvents[Each] };
}[Name];

/** Gets the payload of an event. What it returns is ignored; what it throws is logged. */
export type ServerEventListener<Name extends ServerEventName> = (
  payload: ServerEvents[Name],
) => unknown;

/** Of an event whose name the key of the list says. */
type AnyListener = (payload: never) => unknown;

/** Tells subscribers what happened. Nothing that they do reaches back into a call. */
export class ServerEventEmitter {
  /** Another list after each change: whoever comes or goes during an event changes nothing for that one. */
  readonly #listeners = new Map<ServerEventName, readonly AnyListener[]>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  on<Name extends ServerEventName>(name: Name, listener: ServerEventListener<Name>): () => void {
    // Each subscription is its own, so that one undo never ends another one's.
    const own: ServerEventListener<Name> = (payload) => listener(payload);
    const others = () => (this.#listeners.get(name) ?? []).filter((each) => each !== own);
    this.#listeners.set(name, [...others(), own]);
    return () => {
      this.#listeners.set(name, others());
    };
  }

  emit<Name extends ServerEventName>({ name, payload }: ServerEvent<Name>): void {
    const listeners = this.#listeners.get(name) ?? [];
    for (const listener of listeners as readonly ServerEventListener<Name>[]) {
      try {
        const answer = listener(payload);
        // The rejection of an async listener must not end the process. Most return nothing, and need no promise.
        if (answer instanceof Object)
          Promise.resolve(answer).catch((error) => this.#report(name, error));
      } catch (error) {
        this.#report(name, error);
      }
    }
  }

  #report(event: ServerEventName, error: unknown): void {
    this.#logger.error("a listener threw", { event, error: describeError(error) });
  }
}
