import { describe, expect, it } from "vitest";
import { fakeStream } from "../../../test/fake-browser.js";
import type { Session } from "../../session.js";
import { everybody, isEmpty, mustBeHere, person, screen } from "./scene.js";

const [microphone] = fakeStream("audio").getTracks();
const [camera] = fakeStream("video").getTracks();

const peer = (id: string, changes: object = {}) => ({
  info: { id, name: id.toUpperCase() },
  stream: fakeStream("audio", "video"),
  screenStream: null,
  media: { camera: "on" },
  ...changes,
});

const session = (peers: object[], changes: object = {}) =>
  ({
    closed: false,
    room: { me: { id: "me", name: "Me" }, peers },
    media: {
      microphone: { track: microphone },
      camera: { track: camera },
      screen: { track: null, audioTrack: null },
    },
    ...changes,
  }) as unknown as Session;

const idsOf = (of: Session) => everybody(of).shots.map(({ id }) => id);

describe("what is recorded", () => {
  it("is oneself by the own id, and a peer by theirs", () => {
    const bob = peer("bob");
    const here = session([bob]);
    expect(person(here, "me")).toMatchObject({
      shots: [{ name: "Me", role: "camera", track: camera, off: false }],
      sounds: [microphone],
    });
    expect(person(here, "bob")).toEqual({
      shots: [
        {
          ...{ id: "bob", name: "BOB", role: "camera" },
          ...{ track: bob.stream.getVideoTracks()[0], off: false },
        },
      ],
      sounds: bob.stream.getAudioTracks(),
    });
    expect(person(here, "eve")).toEqual({ shots: [], sounds: [] });
  });

  it("is black where a camera was switched off, and the last picture where nothing comes", () => {
    const off = peer("off", { media: { camera: "off" } });
    const away = peer("away", { stream: fakeStream() });
    const { shots } = everybody(session([off, away]));
    expect(shots.slice(1).map(({ off, track }) => [off, track])).toEqual([
      [true, off.stream.getVideoTracks()[0]],
      [false, undefined],
    ]);
  });

  it("is everybody with their screens, but nobody who only watches", () => {
    const inspector = { info: { id: "eye", name: "Eye", inspector: true } };
    const sharing = peer("bob", { screenStream: fakeStream("video", "audio") });
    const here = session([sharing, peer("eye", inspector)]);
    expect(idsOf(here)).toEqual(["me", "bob", "bob\tscreen"]);
    expect(everybody(here).sounds).toHaveLength(3);
    const watching = session([sharing], {
      room: { me: { id: "me", name: "Me", inspector: true }, peers: [sharing] },
    });
    expect(idsOf(watching)).toEqual(["bob", "bob\tscreen"]);
    expect(screen(here, "bob").shots).toMatchObject([{ role: "screen", off: false }]);
    expect(screen(here, "me")).toEqual({ shots: [], sounds: [] });
  });

  it("M2: is each of its own, also where somebody is called like a screen", () => {
    const sharing = peer("bob", { screenStream: fakeStream("video") });
    const ids = idsOf(session([sharing, peer("bob screen"), peer("screen")]));
    expect(new Set(ids).size).toBe(5);
  });

  it("is of who is heard before they are seen, with their picture once it comes", () => {
    const bob = peer("bob", { stream: fakeStream("audio"), media: { camera: "off" } });
    const here = session([bob]);
    expect(isEmpty(person(here, "bob"))).toBe(false);
    expect(person(here, "bob").shots).toMatchObject([{ track: undefined, off: true }]);
    const stream = fakeStream("audio", "video");
    Object.assign(bob, { stream, media: { camera: "on" } });
    const [track] = stream.getVideoTracks();
    expect(person(here, "bob").shots).toMatchObject([{ track, off: false }]);
  });

  it("is nothing where nobody sends, and refused of who is not here", () => {
    const silent = peer("bob", { stream: null, media: { camera: "off" } });
    const here = session([silent]);
    expect(isEmpty(person(here, "bob"))).toBe(true);
    expect(isEmpty(person(here, "me"))).toBe(false);
    expect(() => mustBeHere(here, "bob")).not.toThrow();
    expect(() => mustBeHere(here, "eve")).toThrow(expect.objectContaining({ code: "nobody-here" }));
    const left = session([], { closed: true });
    expect(() => mustBeHere(left, "me")).toThrow(expect.objectContaining({ code: "closed" }));
  });
});
