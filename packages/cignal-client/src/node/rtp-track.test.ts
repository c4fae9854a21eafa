import { expect, it, vi } from "vitest";
import { RtpHeader, RtpPacket } from "werift";
import { RtpTrack } from "./rtp-track.js";

const packet = new RtpPacket(new RtpHeader({ sequenceNumber: 1 }), Buffer.of(4));

it("gives each packet to whoever listens, until they do not any more", () => {
  const track = new RtpTrack("video");
  const heard: RtpPacket[] = [];
  const undo = track.onRtp((each) => heard.push(each));
  track.writeRtp(packet);
  track.writeRtp(packet);
  undo();
  track.writeRtp(packet);
  expect(heard).toEqual([packet, packet]);
});

it("lets nothing pass while it is not enabled, or once it has ended", () => {
  const track = new RtpTrack("audio");
  const listener = vi.fn();
  track.onRtp(listener);
  track.enabled = false;
  track.writeRtp(packet);
  track.enabled = true;
  const ended = vi.fn();
  track.addEventListener("ended", ended);
  track.onended = ended;
  track.end();
  track.end();
  track.writeRtp(packet);
  expect(listener).not.toHaveBeenCalled();
  expect(ended).toHaveBeenCalledTimes(2);
  expect(track.readyState).toBe("ended");
});

it("says when the first packet of a received track has come", () => {
  const track = new RtpTrack("video", { muted: true });
  const unmuted = vi.fn();
  track.addEventListener("unmute", unmuted);
  expect(track.muted).toBe(true);
  track.writeRtp(packet);
  track.writeRtp(packet);
  expect(track.muted).toBe(false);
  expect(unmuted).toHaveBeenCalledOnce();
});

it("a clone has the same packets and passes on who needs a whole picture", () => {
  const track = new RtpTrack("video");
  const copy = track.clone();
  const listener = vi.fn();
  const asked = vi.fn();
  copy.onRtp(listener);
  track.onKeyFrameRequest(asked);
  track.writeRtp(packet);
  copy.requestKeyFrame();
  expect(listener).toHaveBeenCalledExactlyOnceWith(packet);
  expect(asked).toHaveBeenCalledOnce();
  track.end();
  expect(copy.readyState).toBe("ended");
});

it("a clone that was stopped is let go of by its source", () => {
  const track = new RtpTrack("audio");
  const removed = vi.spyOn(track, "removeEventListener");
  const stopped = Array.from({ length: 3 }, () => track.clone());
  const written = stopped.map((copy) => vi.spyOn(copy, "writeRtp"));
  for (const copy of stopped) copy.stop();
  track.writeRtp(packet);
  for (const write of written) expect(write).not.toHaveBeenCalled();
  expect(removed).toHaveBeenCalledTimes(3);
  const ended = vi.fn();
  stopped[0]?.addEventListener("ended", ended);
  track.end();
  expect(ended).not.toHaveBeenCalled();
  expect(track.clone().readyState).toBe("ended");
});

it("is of a kind that there is", () => {
  expect(() => new RtpTrack("screen" as "video")).toThrow(TypeError);
});
