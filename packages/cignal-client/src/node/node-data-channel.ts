import type * as Werift from "werift";

/** werift's data channel as browsers have it: a real EventTarget, and binary messages as ArrayBuffers. */
export class NodeDataChannel extends EventTarget {
  readonly #channel: Werift.RTCDataChannel;
  /** Blobs are not given; whatever is set, it is ArrayBuffers. */
  binaryType: BinaryType = "arraybuffer";

  constructor(channel: Werift.RTCDataChannel) {
    super();
    this.#channel = channel;
    channel.stateChanged.subscribe((state) => {
      const type = { open: "open", closing: "closing", closed: "close", connecting: "" }[state];
      if (type) this.dispatchEvent(new Event(type));
    });
    channel.onMessage.subscribe((message) => {
      const data = typeof message === "string" ? message : Uint8Array.from(message).buffer;
      this.dispatchEvent(new MessageEvent("message", { data }));
    });
    channel.bufferedAmountLow.subscribe(() => this.dispatchEvent(new Event("bufferedamountlow")));
  }

  get label(): string {
    return this.#channel.label;
  }

  get protocol(): string {
    return this.#channel.protocol;
  }

  get id(): number | null {
    return this.#channel.id ?? null;
  }

  get negotiated(): boolean {
    return this.#channel.negotiated;
  }

  get ordered(): boolean {
    return this.#channel.ordered;
  }

  get maxRetransmits(): number | null {
    return this.#channel.maxRetransmits;
  }

  get maxPacketLifeTime(): number | null {
    return this.#channel.maxPacketLifeTime;
  }

  get readyState(): RTCDataChannelState {
    return this.#channel.readyState;
  }

  get bufferedAmount(): number {
    return this.#channel.bufferedAmount;
  }

  get bufferedAmountLowThreshold(): number {
    return this.#channel.bufferedAmountLowThreshold;
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#channel.bufferedAmountLowThreshold = bytes;
  }

  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.readyState !== "open") {
      throw new DOMException("The data channel is not open.", "InvalidStateError");
    }
    this.#channel.send(typeof data === "string" ? data : copy(data));
  }

  close(): void {
    this.#channel.close();
  }
}

/** Who sends may change what was sent as soon as `send` has returned. */
function copy(data: ArrayBuffer | ArrayBufferView): Buffer {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return Buffer.from(bytes);
}
