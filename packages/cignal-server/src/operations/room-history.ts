import type { PeerInfo } from "@cignal/protocol";
import type { CignalServer } from "../cignal-server.js";
import {
  type HistoryEntry,
  type HistoryPeer,
  type HistoryStore,
  MemoryHistoryStore,
} from "./history-store.js";

/** What happened in rooms, those included that are closed. */
export interface RoomHistory {
  /** What happened in a room, oldest first. `undefined` if nothing is known of it. */
  of(roomId: string): Promise<readonly HistoryEntry[] | undefined>;
  /** Adds nothing any more. */
  stop(): void;
}

export interface RoomHistoryOptions {
  /** Where it is kept. Default: a `MemoryHistoryStore`. */
  store?: HistoryStore | undefined;
}

/**
 * Writes down what happens in each room from now on: opened, who joined, who left and why, who was refused, closed. It
 * subscribes to the server's events as anybody can; what its store throws is logged and harms nobody.
 */
export function recordHistory(
  cignal: CignalServer,
  { store = new MemoryHistoryStore() }: RoomHistoryOptions = {},
): RoomHistory {
  const add = (roomId: string, entry: HistoryEntry) => store.append(roomId, entry);
  const undos = [
    cignal.on("roomOpened", ({ roomId }) => add(roomId, { at: Date.now(), event: "opened" })),
    cignal.on("roomClosed", ({ roomId }) => add(roomId, { at: Date.now(), event: "closed" })),
    cignal.on("peerJoined", ({ roomId, peer, size }) =>
      add(roomId, { at: Date.now(), event: "joined", peer: briefly(peer), size }),
    ),
    cignal.on("peerLeft", ({ roomId, peer, reason, size }) =>
      add(roomId, { at: Date.now(), event: "left", peer: briefly(peer), reason, size }),
    ),
    cignal.on("peerRefused", ({ roomId, peerId, code }) => {
      if (roomId === undefined) return undefined;
      const who = peerId !== undefined && { peerId };
      return add(roomId, { at: Date.now(), event: "refused", code, ...who });
    }),
  ];
  return {
    of: (roomId) => store.read(roomId),
    stop() {
      for (const undo of undos) undo();
    },
  };
}

/** Names each field that is kept, so that a new one of `PeerInfo` is not. */
const briefly = ({ id, name, role }: PeerInfo): HistoryPeer => ({
  id,
  name,
  ...(role !== undefined && { role }),
});
