/** An envelope (D1) as a peer sends it, with a message or without one. */
export const envelope = (message?: object, more: object = {}) => ({
  session: "session-of-the-sender",
  number: message ? 1 : 0,
  first: 1,
  received: 0,
  ...(message && { message }),
  ...more,
});

/** `information` to a peer (I1), as the payload of `signal`. With the same number it is the same message. */
export const inform = (to: string, data: unknown, number = 1) => ({
  to,
  envelope: envelope({ type: "information", data }, { number }),
});

export const offer = (sdp: string) => ({
  type: "description",
  connection: "c1",
  description: { type: "offer", sdp },
});

export const candidates = (...lines: string[]) => ({
  type: "candidates",
  connection: "c1",
  candidates: lines.map((candidate) => ({ candidate, sdpMid: "0" })),
});
