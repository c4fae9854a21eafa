import type { ClientMessage } from "@cignal/protocol";
import type { Membership, Refusal } from "./membership.js";
import { notJoined, refusalFor } from "./refusals.js";
import type { Reply } from "./reply.js";

/** What a connection lends to who answers its messages. */
export interface Desk {
  failed(what: string, error: unknown): void;
  /** Closes the socket of who has left. */
  close(): void;
  /** The same of who has ended the room (O6). */
  closeEnded(): void;
}

const ignore = () => {};

/** Has a member do what it asks for, and answers it. */
export function dispatch(
  membership: Membership,
  message: ClientMessage,
  reply: Reply,
  desk: Desk,
): void {
  const later = (outcome: Promise<Refusal>, done?: () => void) =>
    void replyLater(reply, message.type, outcome, desk, done);
  switch (message.type) {
    case "signal": {
      const passed = membership.signal(message.payload);
      return passed instanceof Promise ? later(passed) : reply(passed);
    }
    case "beat":
      membership.setGoingAway(false);
      return reply();
    case "away":
      membership.setGoingAway(true);
      return reply();
    case "set-ice-servers":
      return later(membership.setIceServers(message.payload));
    case "leave":
      return later(membership.leave(), () => desk.close());
    case "end-room":
      return later(membership.ask(message), () => desk.closeEnded());
    default:
      return later(membership.ask(message));
  }
}

/** Who waits or watches may go, and must be seen to be there (H5). */
export function answerOutsider(
  type: unknown,
  mayStay: boolean,
  reply: Reply,
  leave: () => void,
): void {
  if (!mayStay || (type !== "beat" && type !== "leave")) return reply(notJoined());
  reply();
  if (type === "leave") leave();
}

/** Never rejects. `done` is what follows the reply if nothing was refused. */
async function replyLater(
  reply: Reply,
  type: ClientMessage["type"],
  outcome: Promise<Refusal>,
  desk: Desk,
  done: () => void = ignore,
): Promise<void> {
  try {
    const refused = await outcome;
    reply(refused);
    if (!refused) done();
  } catch (error) {
    desk.failed(`${type} failed`, error);
    reply(refusalFor(error));
  }
}
