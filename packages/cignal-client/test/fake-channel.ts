/** One negotiated data channel of a `FakePeerConnection`. */
export class FakeChannel extends EventTarget {
  readyState: "connecting" | "open" | "closed" = "connecting";
  other: FakeChannel | null = null;
  /** What waits for a path, in order. */
  #queue: string[] = [];

  constructor(readonly hasPath: () => boolean) {
    super();
  }

  send(data: string): void {
    if (this.readyState !== "open") throw new DOMException("not open", "InvalidStateError");
    this.#queue.push(data);
    this.flush();
  }

  flush(): void {
    const { other } = this;
    if (!this.hasPath()) return;
    for (const data of this.#queue.splice(0)) {
      queueMicrotask(() => {
        if (other?.readyState === "open") {
          other.dispatchEvent(new MessageEvent("message", { data }));
        }
      });
    }
  }
}
