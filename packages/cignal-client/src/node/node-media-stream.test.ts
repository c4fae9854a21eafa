import { expect, it } from "vitest";
import { NodeMediaStream, onTrack } from "./node-media-stream.js";
import { RtpTrack } from "./rtp-track.js";

const asBrowsers = (stream: NodeMediaStream) => stream as unknown as MediaStream;

it("has the tracks that were added, once each, by kind", () => {
  const stream = new NodeMediaStream();
  const [audio, video] = [new RtpTrack("audio"), new RtpTrack("video")];
  for (const track of [audio, video, video]) stream.addTrack(track);
  expect(stream.getTracks()).toEqual([audio, video]);
  expect(stream.getAudioTracks()).toEqual([audio]);
  expect(stream.getVideoTracks()).toEqual([video]);
  expect(stream.getTrackById(video.id)).toBe(video);
  stream.removeTrack(audio);
  expect(stream.getTracks()).toEqual([video]);
  expect(stream.active).toBe(true);
  video.end();
  expect(stream.active).toBe(false);
});

it("onTrack tells of the tracks that are there and of those that come, until it is undone", () => {
  const stream = new NodeMediaStream();
  const [first, second, third] = [1, 2, 3].map(() => new RtpTrack("video")) as [
    RtpTrack,
    RtpTrack,
    RtpTrack,
  ];
  stream.addTrack(first);
  const told: RtpTrack[] = [];
  const undo = onTrack(asBrowsers(stream), (track) => told.push(track));
  stream.addTrack(second);
  stream.removeTrack(first);
  undo();
  stream.addTrack(third);
  expect(told).toEqual([first, second]);
});

it("onTrack takes a stream of Node alone", () => {
  expect(() => onTrack({} as MediaStream, () => {})).toThrow(TypeError);
});
