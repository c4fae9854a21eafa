/**
 * `cignal-client/record`: recordings of a peer, of everybody or of a screen, and single pictures.
 */
import type { Cignal } from "../../cignal.js";
import { openChannel } from "../channels/index.js";
import { inside } from "../inside.js";
import {
  checkOptions,
  type RecordOptions,
  type RecordScreenOptions,
  type RecordSessionOptions,
} from "./options.js";
import { PICTURE_BYTES, Pictures } from "./pictures.js";
import { record } from "./record.js";
import type { Recording } from "./recording.js";
import { everybody, mustBeHere, person, screen } from "./scene.js";
import { type PictureOptions, picture } from "./take-picture.js";

export type {
  RecordingTarget,
  RecordOptions,
  RecordScreenOptions,
  RecordSessionOptions,
} from "./options.js";
export type { Pictures, PicturesEvents, ShareOptions } from "./pictures.js";
export type { Recording, RecordingEvents, RecordingResult, RecordingState } from "./recording.js";
export type { PictureOptions } from "./take-picture.js";

/**
 * Records what one peer sends of camera and microphone; with your own id, what you send. It ends by itself when they leave.
 *
 * Rejects with a `TypeError` if an option is wrong, and with a `CignalError`: `nobody-here`, `nothing-to-record` (they
 * send nothing yet), `not-supported`, `click-needed`, `recording-failed`, `permission-denied`, `disk-full`,
 * `storage-failed`, `closed`.
 */
export async function recordPeer(
  cignal: Cignal,
  peerId: string,
  options: RecordOptions = {},
): Promise<Recording> {
  const session = inside(cignal);
  checkOptions(options);
  mustBeHere(session, peerId);
  return record({
    session,
    options,
    scene: () => person(session, peerId),
    nothing: "Nothing is sent yet. Record when the call has begun.",
    isOver: () => person(session, peerId).shots.length === 0,
  });
}

/**
 * Records everybody, you included: pictures in a grid, shared screens large, sounds mixed. It ends by itself when the room
 * is left. Rejects as `recordPeer` does.
 */
export async function recordSession(
  cignal: Cignal,
  options: RecordSessionOptions = {},
): Promise<Recording> {
  const session = inside(cignal);
  checkOptions(options);
  mustBeHere(session, session.room.me.id);
  return record({
    session,
    options,
    defaultSize: { width: 1280, height: 720 },
    scene: () => everybody(session),
    nothing: "Nobody sends anything yet. Record when a microphone or a camera is on.",
    isOver: () => false,
  });
}

/**
 * Records the screen that you share, or the peer with the id `peer`, with its sound. It ends by itself when that is over.
 * Rejects as `recordPeer` does.
 */
export async function recordScreen(
  cignal: Cignal,
  options: RecordScreenOptions = {},
): Promise<Recording> {
  const session = inside(cignal);
  const { peer = session.room.me.id, ...rest } = options;
  checkOptions(rest);
  mustBeHere(session, peer);
  return record({
    session,
    options: rest,
    scene: () => screen(session, peer),
    nothing: "No screen is shared. Record when it is.",
    isOver: () => screen(session, peer).shots.length === 0,
  });
}

/**
 * Takes a picture of what a peer's camera shows now; with your own id, of yours. Rejects with a `TypeError` if an option is
 * wrong, and with a `CignalError`: `nobody-here`, `nothing-to-record` (no camera is on), `not-supported`, `closed`.
 */
export async function takePicture(
  cignal: Cignal,
  peerId: string,
  options: PictureOptions = {},
): Promise<Blob> {
  return picture(inside(cignal), peerId, options);
}

/**
 * Opens what pictures are shared through, with whoever in the room has opened it too. It closes when the room is left.
 * Throws a `TypeError` if it is open already.
 */
export function openPictures(cignal: Cignal): Pictures {
  const channel = openChannel(cignal, "pictures", { maxMessageBytes: PICTURE_BYTES });
  return new Pictures(channel, inside(cignal).browser.reportError);
}
