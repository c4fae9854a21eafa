import * as v from "valibot";
import { counter, data, name, token, use } from "./fields.js";
import { LIMITS } from "./limits.js";

/** Picks the schema by the message's `type`; what has no known type fits none. */
function byType<Schemas extends Record<string, v.GenericSchema>>(schemas: Schemas) {
  const unknown = v.object({ type: v.picklist(Object.keys(schemas)) });
  return v.lazy((message) => {
    const type = message instanceof Object && "type" in message ? String(message.type) : "";
    return (Object.hasOwn(schemas, type) ? schemas[type] : unknown) as Schemas[keyof Schemas];
  });
}

const description = v.object({
  type: v.picklist(["description"]),
  /** Names the RTCPeerConnection that the offerer made (S3). */
  connection: token,
  description: v.object({
    type: v.picklist(["offer", "answer"]),
    sdp: v.pipe(v.string(), v.maxLength(LIMITS.sdp)),
  }),
});

const candidate = v.object({
  candidate: v.pipe(v.string(), v.maxLength(LIMITS.candidate)),
  sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(LIMITS.token)))),
  sdpMLineIndex: v.optional(v.nullable(counter)),
  usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
});

const candidates = v.object({
  type: v.picklist(["candidates"]),
  connection: token,
  candidates: v.pipe(v.array(candidate), v.maxLength(LIMITS.candidates)),
});

/** How the sender's devices are now; of two words, the one with the higher revision holds (P4). */
const sending = v.object({ microphone: use, camera: use, screen: use, revision: counter });

/** A description that has just arrived speaks of a connection that is over for the sender (S3). */
const ended = v.object({ type: v.picklist(["ended"]), connection: token });

/** `call` tells the calls of one sender apart (P3). */
const start = v.object({ type: v.picklist(["start"]), call: counter, sending });
/** These are about a call of the receiver's, `cancel` about one of the sender's. */
const ringing = v.object({ type: v.picklist(["ringing"]), call: counter });
const accept = v.object({ type: v.picklist(["accept"]), call: counter, sending });
const reject = v.object({ type: v.picklist(["reject"]), call: counter, reason: v.optional(name) });
const cancel = v.object({
  type: v.picklist(["cancel"]),
  call: counter,
  reason: v.picklist(["cancelled", "no-answer"]),
});
const media = v.object({ type: v.picklist(["media"]), sending });
/** With a topic it is for a part of the client, and not for the app (I3). */
const information = v.object({
  type: v.picklist(["information"]),
  data,
  topic: v.optional(name),
});
/** How many RTP packets the sender has sent so far, so that the receiver can tell silence from loss (K3). */
const beat = v.object({ type: v.picklist(["beat"]), packetsSent: counter });
const away = v.object({ type: v.picklist(["away"]) });
const bye = v.object({ type: v.picklist(["bye"]) });

/** What one peer says to another, over their data channel or through the server (S1, P1). */
const peerMessage = byType({
  description,
  candidates,
  ended,
  start,
  ringing,
  accept,
  reject,
  cancel,
  media,
  information,
  beat,
  away,
  bye,
});

/** A message on its way (D1). */
export const envelope = v.object({
  /** The sender's end of the stream (D2). */
  session: token,
  /** The receiver's end, once the sender has heard of it (D2). */
  recipient: v.optional(token),
  /** Counts what is sent, from 1; 0 is not part of the stream (D3). */
  number: counter,
  /** The lowest number that may still come (D5). */
  first: counter,
  /** The highest number up to which all has arrived from `recipient` (D4). */
  received: counter,
  /** Absent: it only acknowledges. */
  message: v.optional(peerMessage),
});

export type Sending = v.InferOutput<typeof sending>;
export type PeerMessage = v.InferOutput<typeof peerMessage>;
export type Envelope = v.InferOutput<typeof envelope>;
export type DescriptionMessage = v.InferOutput<typeof description>;
export type CandidatesMessage = v.InferOutput<typeof candidates>;
export type EndedMessage = v.InferOutput<typeof ended>;
