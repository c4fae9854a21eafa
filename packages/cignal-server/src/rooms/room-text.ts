import { about, details, iceServers, media, ProtocolError, parse } from "@cignal/protocol";
import { nanoid } from "nanoid";
import * as v from "valibot";
import type { Room } from "./room-state.js";

/** Fields that are not named here are kept: a newer node may have written them. */
const presence = v.variant("state", [
  v.looseObject({ state: v.literal("connected"), connection: v.string(), node: v.string() }),
  v.looseObject({
    state: v.literal("away"),
    lost: v.string(),
    reason: v.picklist(["left", "timeout", "removed"]),
    node: v.string(),
    until: v.number(),
  }),
]);

const standing = v.looseObject({
  role: v.exactOptional(v.string()),
  userId: v.exactOptional(v.string()),
  expiresAt: v.exactOptional(v.number()),
  named: v.exactOptional(v.literal(true)),
});

const peer = v.looseObject({
  id: v.string(),
  name: v.string(),
  role: v.exactOptional(v.string()),
  relayOnly: v.exactOptional(v.literal(true)),
  about: v.exactOptional(v.unwrap(about)),
  host: v.exactOptional(v.literal(true)),
  inspector: v.exactOptional(v.literal(true)),
  details: v.exactOptional(details),
  media: v.exactOptional(media),
});

const waiting = v.looseObject({
  peer,
  standing: v.exactOptional(standing),
  connection: v.string(),
  node: v.string(),
  reason: v.picklist(["host", "knock"]),
  admitted: v.exactOptional(v.literal(true)),
});

const member = v.looseObject({
  peer,
  standing: v.exactOptional(standing),
  session: v.looseObject({
    socketId: v.string(),
    address: v.string(),
    about: v.exactOptional(v.unwrap(about)),
  }),
  tokenHash: v.string(),
  previousTokenHash: v.exactOptional(v.string()),
  joinedAt: v.number(),
  presence,
  hidden: v.exactOptional(v.literal(true)),
});

const schema = v.looseObject({
  id: v.string(),
  openedAt: v.number(),
  revision: v.pipe(v.number(), v.integer()),
  iceServers: v.exactOptional(iceServers),
  restored: v.exactOptional(v.literal(true)),
  members: v.array(member),
  locked: v.exactOptional(v.literal(true)),
  password: v.exactOptional(v.string()),
  banned: v.exactOptional(v.array(v.string())),
  waiting: v.exactOptional(v.array(waiting)),
});

/** The text begins with the revision, so that Redis need not read the rest, and what no other commit has. */
export function writeRoom(room: Room): string {
  return `${room.revision} ${nanoid(8)} ${JSON.stringify(room)}`;
}

/** @throws Error if it is not the text of this room, without a word of it: it holds names and addresses */
export function readRoom(text: unknown, roomId?: string): Room {
  const [, json] = (typeof text === "string" && /^\d+ \S+ (.*)$/s.exec(text)) || [];
  const room = parse(schema, jsonOf(json));
  if (room instanceof ProtocolError || (roomId !== undefined && room.id !== roomId)) {
    throw new Error("what Redis has is no room");
  }
  return room;
}

function jsonOf(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
