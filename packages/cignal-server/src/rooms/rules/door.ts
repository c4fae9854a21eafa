import { ProtocolError } from "@cignal/protocol";
import type { JoinCommand } from "../command.js";
import { isKnownAs, type Member, type Room, visible, type Waiting } from "../room-state.js";
import { placesTaken } from "./host-wait.js";
import { hostsOf } from "./hosts.js";

/** How many inspectors a room holds (O11). */
const INSPECTORS = 8;

/** Whether somebody who is no member comes in, or for what they wait, or why neither. */
export function atDoor(
  room: Room | undefined,
  command: JoinCommand,
): "enters" | Waiting["reason"] | ProtocolError {
  if (isAdmitted(room, command)) return "enters";
  if (isBanned(room, command)) {
    return new ProtocolError("removed", "A host of this room has put you out of it.");
  }
  const inspects = isKnownAs(command.standing, "inspector");
  const isTrusted = inspects || isKnownAs(command.standing, "host");
  const waits = command.waitForHost && command.standing && !isTrusted && !hostsOf(room).length;
  const misfit = wrongWay(room, command, Boolean(waits));
  if (misfit) return misfit;
  if (!room && command.mayNotOpen) return command.mayNotOpen;
  if (waits) return "host";
  if (inspects) return room && countInspectors(room) >= INSPECTORS ? enoughInspectors() : "enters";
  if (room && !isTrusted) {
    if (room.locked && !command.knock) return roomLocked();
    if (room.password !== undefined && command.fittingHash !== room.password) {
      return command.triesPassword ? wrongPassword() : passwordRequired();
    }
    if (room.locked) return "knock";
  }
  return room && placesTaken(room) >= command.capacity ? roomFull(command.capacity) : "enters";
}

const isAdmitted = (room: Room | undefined, { connection }: JoinCommand) =>
  room?.waiting?.some((each) => each.connection === connection && each.admitted) ?? false;

/** By what somebody who was removed is known again (O6). */
export function banOf({ peer, standing }: Pick<Member, "peer" | "standing">): string {
  return standing?.userId === undefined ? `peer ${peer.id}` : `user ${standing.userId}`;
}

const isBanned = (room: Room | undefined, { peer, standing }: JoinCommand) =>
  room?.banned?.includes(banOf({ peer, ...(standing && { standing }) })) ?? false;

/** To open what is there, or to join what is not (O2). Who waits for a host has not come to an open room. */
function wrongWay(
  room: Room | undefined,
  { enter }: JoinCommand,
  waits: boolean,
): ProtocolError | undefined {
  const isOpen = visible(room).length > 0;
  if (enter === "open" && isOpen) {
    return new ProtocolError(
      "room-exists",
      "There is such a room already. Join it, or open another.",
    );
  }
  if (enter === "join" && !isOpen && !waits) {
    return new ProtocolError("no-such-room", "There is no such room. Open it, or look at its id.");
  }
  return undefined;
}

const countInspectors = ({ members }: Room) => members.filter(({ peer }) => peer.inspector).length;

const enoughInspectors = () =>
  new ProtocolError("room-full", `${INSPECTORS} inspectors are in the room, which are enough.`);

const roomFull = (capacity: number) =>
  new ProtocolError(
    "room-full",
    `The room is full: ${capacity} people are in it. Try again when somebody has left.`,
  );

const roomLocked = () =>
  new ProtocolError("room-locked", "The room is locked. Ask a host to let you in.");

const passwordRequired = () =>
  new ProtocolError("password-required", "The room has a password. Enter it.", "password");

const wrongPassword = () =>
  new ProtocolError("wrong-password", "This is not the password of the room.", "password");
