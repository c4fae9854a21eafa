import { ProtocolError } from "@cignal/protocol";
import type { Command, Decision } from "./command.js";
import { evacuate, restore, takeOver } from "./room-nodes.js";
import type { Here, Room } from "./room-state.js";
import { join } from "./rules/coming.js";
import {
  close,
  endAbsence,
  endRoom,
  expire,
  leave,
  loseConnection,
  putOut,
} from "./rules/going.js";
import { transferHost } from "./rules/hosts.js";
import { admit, stopWaiting, turnAway } from "./rules/knocks.js";
import { confirm, setIceServers, setLock, setPassword, update } from "./rules/state.js";

/**
 * The rules of a room, all of them and nothing else; those of each subject are in `rules`. Pure: the same room and
 * command give the same decision, so that it can be made again when another node was faster.
 */
export function decide(
  room: Room | undefined,
  command: Command,
  here: Here,
): Decision | ProtocolError {
  switch (command.type) {
    case "join":
      return join(room, command, here);
    case "leave":
      return leave(room, command);
    case "confirm":
      return confirm(room, command);
    case "connection-lost":
      return loseConnection(room, command, here);
    case "expire":
      return expire(room, command, here);
    case "grace-expired":
      return endAbsence(room, command);
    case "stop-waiting":
      return stopWaiting(room, command);
    case "set-ice-servers":
      return setIceServers(room, command);
    case "close":
      return close(room, command);
    case "evacuate":
      return evacuate(room, here);
    case "take-over":
      return takeOver(room, command, here);
    case "restore":
      return restore(room, command, here);
  }
  if (!room) return new ProtocolError("not-joined", "You are no longer in the room.");
  switch (command.type) {
    case "set-lock":
      return setLock(room, command);
    case "set-password":
      return setPassword(room, command);
    case "admit":
      return admit(room, command);
    case "turn-away":
      return turnAway(room, command);
    case "remove":
      return putOut(room, command);
    case "end-room":
      return endRoom(room, command);
    case "transfer-host":
      return transferHost(room, command);
    case "update":
      return update(room, command);
  }
}
