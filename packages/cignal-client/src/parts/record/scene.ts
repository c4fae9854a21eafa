import { CignalError } from "../../errors.js";
import type { Peer } from "../../peer/peer.js";
import type { Session } from "../../session.js";
import type { Role } from "./layout.js";

/** One picture of a recording. */
export interface Shot {
  /** Of whom and what: the same for as long as it is shown. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** `undefined` while nothing comes. */
  readonly track: MediaStreamTrack | undefined;
  /** Switched off by whose it is: then it is black, and not the last picture. */
  readonly off: boolean;
}

/** What is seen and heard at one moment. */
export interface Scene {
  readonly shots: readonly Shot[];
  readonly sounds: readonly MediaStreamTrack[];
}

/** What one person sends of camera and microphone; of oneself with the own id. */
export function person(session: Session, id: string): Scene {
  if (id === session.room.me.id) return own(session);
  const peer = session.room.peers.find(({ info }) => info.id === id);
  return peer ? ofPeer(peer) : { shots: [], sounds: [] };
}

/** The screen that one person shares, with its sound; no shot if they do not. */
export function screen(session: Session, id: string): Scene {
  if (id === session.room.me.id) return ownScreen(session);
  const peer = session.room.peers.find(({ info }) => info.id === id);
  return peer ? screenOf(peer) : { shots: [], sounds: [] };
}

/** Everybody, and every screen. Who only watches is not seen. */
export function everybody(session: Session): Scene {
  const people = session.room.peers.filter(({ info }) => !info.inspector);
  const scenes = [
    ...(session.room.me.inspector ? [] : [own(session), ownScreen(session)]),
    ...people.flatMap((peer) => [ofPeer(peer), screenOf(peer)]),
  ];
  return {
    shots: scenes.flatMap(({ shots }) => shots),
    sounds: scenes.flatMap(({ sounds }) => sounds),
  };
}

/** Whether anything is seen or heard. */
export const isEmpty = ({ shots, sounds }: Scene): boolean =>
  sounds.length === 0 && shots.every(({ track, off }) => off || !track);

/** Rejects an id that nobody in the room has. */
export function mustBeHere(session: Session, id: string): void {
  const { me, peers } = session.room;
  if (session.closed) throw new CignalError("closed", "The room was left.");
  if (id === me.id || peers.some(({ info }) => info.id === id)) return;
  throw new CignalError("nobody-here", `There is nobody with the id "${id}" in the room.`);
}

/** Of no person, whatever they call themselves: no id has a control character (PROTOCOL.md M2). */
const screenId = (id: string) => `${id}\tscreen`;

function own({ room: { me }, media: { microphone, camera } }: Session): Scene {
  const { id, name } = me;
  const { track } = camera;
  const shot: Shot = { id, name, role: "camera", track: track ?? undefined, off: !track };
  return { shots: [shot], sounds: microphone.track ? [microphone.track] : [] };
}

function ofPeer({ info: { id, name }, stream, media: { camera } }: Peer): Scene {
  const [track] = stream?.getVideoTracks() ?? [];
  return {
    shots: [{ id, name, role: "camera", track, off: camera === "off" }],
    sounds: stream?.getAudioTracks() ?? [],
  };
}

function ownScreen({ room: { me }, media }: Session): Scene {
  const { track, audioTrack } = media.screen;
  if (!track) return { shots: [], sounds: [] };
  return {
    shots: [{ id: screenId(me.id), name: me.name, role: "screen", track, off: false }],
    sounds: audioTrack ? [audioTrack] : [],
  };
}

function screenOf({ info: { id, name }, screenStream }: Peer): Scene {
  if (!screenStream) return { shots: [], sounds: [] };
  const [track] = screenStream.getVideoTracks();
  return {
    shots: [{ id: screenId(id), name, role: "screen", track, off: false }],
    sounds: screenStream.getAudioTracks(),
  };
}
