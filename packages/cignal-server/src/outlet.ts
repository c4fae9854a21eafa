import type { ServerMessage } from "@cignal/protocol";
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
  tell(roomId: string, members: readonly Member[], message: ServerMessage): void;
  /** Says why with `closed` (L6), then closes the socket. */
  dismiss(connection: string, code: DismissalCode): void;
}

/** An `Outlet` over a namespace and its adapter, and so over every node that the adapter reaches. */
export class NamespaceOutlet implements Outlet {
  readonly #namespace: ServerNamespace;

  constructor(namespace: ServerNamespace) {
    this.#namespace = namespace;
  }

  tell(roomId: string, members: readonly Member[], { type, payload }: ServerMessage): void {
    const reachable = members.filter(({ presence }) => presence.state === "connected");
    const [first] = reachable;
    if (!first) return;
    // The usual case, a call of two on one node, need not be a broadcast.
    const only = reachable.length === 1 ? this.#localSocket(first) : undefined;
    if (only) {
      only.emit(type, payload);
      closeIfClogged(only);
    } else
      this.#namespace.to(reachable.map(({ peer }) => address(roomId, peer.id))).emit(type, payload);
  }

  dismiss(connection: string, code: DismissalCode): void {
    this.#namespace.to(connection).emit("closed", { code, ...DISMISSALS[code] });
    this.#namespace.in(connection).disconnectSockets();
  }

  #localSocket({ presence }: Member): ServerSocket | undefined {
    return presence.state === "connected"
      ? this.#namespace.sockets.get(presence.connection)
      : undefined;
  }
}
