import { LIMITS, type PeerMessage, ProtocolError, parse, peerMessage } from "@cignal/protocol";
import { debug } from "../browser/debug.js";

const log = debug("channel");

/** The longest message is a description or `inform` data, each at most 65,536 characters, in its envelope. */
const LONGEST = 2 * Math.max(LIMITS.sdp, LIMITS.data);

/** The peers' own channel (P1): JSON texts, each parsed before anybody looks at it. */
export class MessageChannel {
  readonly #channel: RTCDataChannel;

  constructor(
    pc: RTCPeerConnection,
    on: { open: () => void; message: (message: PeerMessage) => void },
  ) {
    this.#channel = pc.createDataChannel("cignal", { negotiated: true, id: 0 });
    this.#channel.addEventListener("open", on.open);
    this.#channel.addEventListener("message", ({ data }) => {
      const message = read(data);
      if (message instanceof ProtocolError) log("ignored a message: %s", message.message);
      else on.message(message);
    });
  }

  get open(): boolean {
    return this.#channel.readyState === "open";
  }

  /** Throws, as RTCDataChannel.send does, when the browser's buffer is full. */
  send(message: PeerMessage): void {
    this.#channel.send(JSON.stringify(message));
  }
}

function read(data: unknown): PeerMessage | ProtocolError {
  try {
    if (typeof data !== "string" || data.length > LONGEST) throw new RangeError();
    return parse(peerMessage, JSON.parse(data));
  } catch {
    return new ProtocolError("bad-message", `expected at most ${LONGEST} characters of JSON`);
  }
}
