import { type Envelope, envelope, LIMITS, ProtocolError, parse } from "@cignal/protocol";
import { debug } from "../browser/debug.js";

const log = debug("channel");

/** The longest message is a description or `inform` data, each at most 65,536 characters, in its envelope. */
const LONGEST = 2 * Math.max(LIMITS.sdp, LIMITS.data);

/** The peers' own channel (P1): JSON texts, one envelope each, parsed before anybody looks at it. */
export class MessageChannel {
  readonly #channel: RTCDataChannel;
  /** How many envelopes have arrived. */
  received = 0;

  constructor(
    pc: RTCPeerConnection,
    on: { open: () => void; envelope: (envelope: Envelope) => void },
  ) {
    this.#channel = pc.createDataChannel("cignal", { negotiated: true, id: 0 });
    this.#channel.addEventListener("open", on.open);
    this.#channel.addEventListener("message", ({ data }) => {
      const message = read(data);
      if (message instanceof ProtocolError) log("ignored a message: %s", message.message);
      else {
        this.received++;
        on.envelope(message);
      }
    });
  }

  get state(): RTCDataChannelState {
    return this.#channel.readyState;
  }

  /** Whether it was taken; not when the channel is not open, or the browser's buffer is full. */
  send(message: Envelope): boolean {
    if (this.state !== "open") return false;
    try {
      this.#channel.send(JSON.stringify(message));
      return true;
    } catch {
      log("the buffer is full");
      return false;
    }
  }
}

function read(data: unknown): Envelope | ProtocolError {
  try {
    if (typeof data !== "string" || data.length > LONGEST) throw new RangeError();
    return parse(envelope, JSON.parse(data));
  } catch {
    return new ProtocolError("bad-message", `expected at most ${LONGEST} characters of JSON`);
  }
}
