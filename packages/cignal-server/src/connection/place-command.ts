import { type ClientMessage, type PlaceRequestType, ProtocolError } from "@cignal/protocol";
import type { Action } from "../access/hooks.js";
import type { PlaceCommand, Request } from "../rooms/command.js";
import type { Passwords } from "./passwords.js";

/** What `authorize` is asked for each. */
export const ACTIONS: Record<PlaceRequestType, Action> = {
  "set-lock": "lock",
  "set-password": "set-password",
  admit: "admit",
  "turn-away": "admit",
  remove: "remove",
  "transfer-host": "transfer-host",
  "end-room": "end-room",
  update: "update",
};

interface Means {
  readonly passwords: Passwords;
  readonly capacity: number;
}

/** What a room is asked by such a message. A password is hashed first. */
export async function placeCommand(
  { type, payload }: Extract<ClientMessage, { type: PlaceRequestType }>,
  request: Request,
  { passwords, capacity }: Means,
): Promise<PlaceCommand | ProtocolError> {
  switch (type) {
    case "set-lock":
      return { type, ...payload, ...request };
    case "set-password": {
      const { password } = payload;
      const hash = password === null ? undefined : await passwords.hash(password);
      return hash instanceof ProtocolError ? hash : { type, hash, ...request };
    }
    case "admit":
    case "transfer-host":
      return { type, ...payload, ...request, capacity };
    case "turn-away":
    case "remove":
      return { type, ...payload, ...request };
    case "end-room":
      return { type, ...request };
    case "update":
      return { type, change: payload, ...request };
  }
}
