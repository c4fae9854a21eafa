import type { PlaceMessage, ServerMessage } from "@cignal/protocol";
import type { CallIns } from "./connection/call-ins.js";
import { closeIfClogged } from "./limits/backlog.js";
import type { DismissalCode } from "./rooms/command.js";
import { DISMISSALS } from "./rooms/dismissals.js";
import type { Member } from "./rooms/room-state.js";
import type { ServerNamespace, ServerSocket } from "./socket-io.js";

/**
 * The Socket.IO room in which a member is alone. No id can hold the separator (M2), so that no pair of ids makes the
 * address of another pair, or the id of a socket.
 */
export function address(roomId: string, peerId: string): string {
  return `${roomId}\u0000${peerId}`;
}

/** The way out: to members, wherever they are connected. */
export interface Outlet {
  /** Members who are away are left out. */
  tell(roomId: string, members: readonly Member[], message: ServerMessage | PlaceMessage): void;
  /** Says why with `closed` (L6), then closes the socket. */
  dismiss(connection: string, code: DismissalCode): void;
  /** The same for who waits, with `refused` (O4). */
  turnAway(connection: string, code: DismissalCode): void;
  /** Has who waits over this connection try again to come in. */
  callIn(connection: string): void;
  /** Whether the socket of a connection is open on this node. */
  isHere(connection: string): boolean;
}

/**
 * An `Outlet` over a namespace and its adapter, and so over every node that the adapter reaches. Whoever is on this node
 * is told directly: an adapter that has lost its Redis must not keep them from each other.
 */
export class NamespaceOutlet implements Outlet {
  readonly #namespace: ServerNamespace;
  readonly #callIns: CallIns;

  readonly #node: string;

  /** @param node - this one, as it stands in rooms */
  constructor(namespace: ServerNamespace, node: string, callIns: CallIns) {
    this.#namespace = namespace;
    this.#node = node;
    this.#callIns = callIns;
  }

  tell(roomId: string, members: readonly Member[], message: ServerMessage | PlaceMessage): void {
    const elsewhere: string[] = [];
    for (const { peer, presence } of members) {
      if (presence.state === "away") continue;
      if (presence.node === this.#node) this.#tellHere(presence.connection, message);
      else elsewhere.push(address(roomId, peer.id));
    }
    if (elsewhere.length > 0) this.#namespace.to(elsewhere).emit(message.type, message.payload);
  }

  dismiss(connection: string, code: DismissalCode): void {
    this.#end(connection, "closed", code);
  }

  turnAway(connection: string, code: DismissalCode): void {
    this.#end(connection, "refused", code);
  }

  callIn(connection: string): void {
    this.#callIns.call(connection);
  }

  #end(connection: string, type: "closed" | "refused", code: DismissalCode): void {
    const error = { code, ...DISMISSALS[code] };
    const socket = this.#socket(connection);
    if (socket) {
      socket.emit(type, error);
      socket.disconnect();
    } else {
      this.#namespace.to(connection).emit(type, error);
      this.#namespace.in(connection).disconnectSockets();
    }
  }

  isHere(connection: string): boolean {
    return this.#namespace.sockets.has(connection);
  }

  #tellHere(connection: string, { type, payload }: ServerMessage | PlaceMessage): void {
    const socket = this.#socket(connection);
    if (!socket) return;
    socket.emit(type, payload);
    closeIfClogged(socket);
  }

  #socket(connection: string): ServerSocket | undefined {
    return this.#namespace.sockets.get(connection);
  }
}
