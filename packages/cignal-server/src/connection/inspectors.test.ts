import { type Envelope, envelope as envelopeSchema, ProtocolError, parse } from "@cignal/protocol";
import { expect, it } from "vitest";
import { mayInspectorSay } from "./inspectors.js";

function say(message?: object): boolean {
  const envelope = { session: "s", number: 0, first: 1, received: 0, ...(message && { message }) };
  const parsed = parse<Envelope>(envelopeSchema, envelope);
  if (parsed instanceof ProtocolError) throw parsed;
  return mayInspectorSay(parsed);
}

const sending = { microphone: "off", camera: "off", screen: "off", revision: 1 };

const answer = (...lines: string[]) => ({
  type: "description",
  connection: "c",
  description: { type: "answer", sdp: ["v=0", ...lines, ""].join("\r\n") },
});

it.each([
  ["nothing", undefined],
  ["candidates", { type: "candidates", connection: "c", candidates: [] }],
  ["ended", { type: "ended", connection: "c" }],
  ["accept", { type: "accept", call: 1, sending }],
  ["media", { type: "media", sending }],
  ["beat", { type: "beat", packetsSent: 0 }],
  ["away", { type: "away" }],
  ["bye", { type: "bye" }],
  ["an answer that receives", answer("m=audio 9 x", "a=recvonly", "m=video 9 x", "a=inactive")],
  ["an answer that rejects", answer("m=audio 0 x", "a=sendrecv")],
  ["an answer with data alone", answer("m=application 9 x", "a=sendrecv")],
])("O11: an inspector may say %s", (_what, message) => {
  expect(say(message)).toBe(true);
});

it.each([
  ["offers", { ...answer("m=audio 9 x", "a=recvonly"), description: { type: "offer", sdp: "" } }],
  ["answers that send", answer("m=audio 9 x", "a=sendonly")],
  ["answers that both send and receive", answer("m=video 9 x", "a=sendrecv")],
  ["answers without a direction", answer("m=audio 9 x")],
  ["answers with two directions", answer("m=audio 9 x", "a=recvonly", "a=sendonly")],
  ["a call", { type: "start", call: 1, sending }],
  ["accept with a camera", { type: "accept", call: 1, sending: { ...sending, camera: "on" } }],
  ["media with a microphone", { type: "media", sending: { ...sending, microphone: "muted" } }],
  ["information", { type: "information", data: 1 }],
  ["ringing", { type: "ringing", call: 1 }],
  ["cancel", { type: "cancel", call: 1, reason: "cancelled" }],
])("O11: an inspector may not say: %s", (_what, message) => {
  expect(say(message)).toBe(false);
});
