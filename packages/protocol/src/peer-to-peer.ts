import * as v from "valibot";
import { counter, data, token } from "./fields.js";
import { LIMITS } from "./limits.js";

const description = v.object({
  type: v.literal("description"),
  /** Names the RTCPeerConnection that the offerer made (S3). */
  connection: token,
  description: v.object({
    type: v.picklist(["offer", "answer"]),
    sdp: v.pipe(
      v.string(),
      v.maxLength(LIMITS.sdp, `sdp must have at most ${LIMITS.sdp} characters`),
    ),
  }),
});

const candidate = v.object({
  candidate: v.pipe(v.string(), v.maxLength(LIMITS.candidate)),
  sdpMid: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(LIMITS.token)))),
  sdpMLineIndex: v.optional(v.nullable(counter)),
  usernameFragment: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(256)))),
});

const candidates = v.object({
  type: v.literal("candidates"),
  connection: token,
  candidates: v.pipe(
    v.array(candidate),
    v.minLength(1),
    v.maxLength(LIMITS.candidates, `at most ${LIMITS.candidates} candidates in one batch`),
  ),
});

/** Which kinds the sender sends now; of two, the one with the higher revision holds (P4). */
const sending = v.object({ audio: v.boolean(), video: v.boolean(), revision: counter });

const start = v.object({ type: v.literal("start"), sending });
const media = v.object({ type: v.literal("media"), sending });
const information = v.object({ type: v.literal("information"), data });
const bye = v.object({ type: v.literal("bye") });

/** What the server relays between two peers (S1). */
export const signalMessage = v.variant("type", [description, candidates, start, media]);

/** What one peer says to another over their data channel (P1). */
export const peerMessage = v.variant("type", [
  description,
  candidates,
  start,
  media,
  information,
  bye,
]);

export type Sending = v.InferOutput<typeof sending>;
export type SignalMessage = v.InferOutput<typeof signalMessage>;
export type PeerMessage = v.InferOutput<typeof peerMessage>;
export type DescriptionMessage = v.InferOutput<typeof description>;
export type CandidatesMessage = v.InferOutput<typeof candidates>;
