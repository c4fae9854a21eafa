import { expect, it } from "vitest";
import * as werift from "werift";
import { configure, serversOf } from "./configure.js";

it("finds the first server of each kind in the URLs", () => {
  const servers = [
    { urls: ["stun:stun.example.org", "stun:other.example.org:19302"] },
    { urls: "turn:[2001:db8::1]:3479?transport=tcp", username: "ada", credential: "secret" },
    { urls: "turns:turn.example.org" },
  ];
  expect(serversOf(servers)).toEqual({
    stun: ["stun.example.org", 3478],
    turn: ["2001:db8::1", 3479],
    username: "ada",
    credential: "secret",
  });
  expect(serversOf([{ urls: "turns:turn.example.org" }])).toMatchObject({
    turn: ["turn.example.org", 5349],
  });
  expect(serversOf([{ urls: "http://example.org" }])).toMatchObject({ stun: undefined });
});

it("gives a header extension one number for sound and pictures, as Chromium cannot bear two", () => {
  const pc = new werift.RTCPeerConnection(configure(werift, {}));
  const { audio = [], video = [] } = pc.getConfiguration().headerExtensions;
  expect(audio.map(({ id, uri }) => [id, uri])).toEqual(video.map(({ id, uri }) => [id, uri]));
  expect(new Set(audio.map(({ id }) => id)).size).toBe(audio.length);
});
