import type { PeerInfo } from "@cignal/protocol";
import type { Cignal } from "../src/cignal.js";
import type { CignalEvents, Json } from "../src/cignal-events.js";
import { Emitter } from "../src/lib/emitter.js";
import type { Session } from "../src/session.js";
import type { Topic } from "../src/topics.js";

/** One end of a data channel that was opened in band. What is sent waits until the test lets it pass. */
export class FakeDataChannel extends EventTarget {
  readyState: RTCDataChannelState = "connecting";
  binaryType = "blob";
  bufferedAmountLowThreshold = 0;
  readonly ordered: boolean;
  readonly maxRetransmits: number | null;
  readonly maxPacketLifeTime = null;
  readonly protocol: string;
  other: FakeDataChannel | undefined;
  /** All that was ever sent, in bytes. */
  sent = 0;
  readonly #waiting: (ArrayBuffer | string)[] = [];

  constructor(
    readonly label: string,
    { ordered = true, maxRetransmits, protocol = "" }: RTCDataChannelInit = {},
  ) {
    super();
    this.ordered = ordered;
    this.maxRetransmits = maxRetransmits ?? null;
    this.protocol = protocol;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  get bufferedAmount(): number {
    return this.#waiting.reduce(
      (sum, data) => sum + (typeof data === "string" ? data.length : data.byteLength),
      0,
    );
  }

  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== "open") throw new DOMException("not open", "InvalidStateError");
    const copy = data instanceof Uint8Array ? data.slice().buffer : data;
    this.sent += typeof copy === "string" ? copy.length : copy.byteLength;
    this.#waiting.push(copy);
  }

  /** The next message arrives. False: there is none. */
  pass(): boolean {
    const before = this.bufferedAmount;
    const data = this.#waiting.shift();
    if (data === undefined) return false;
    if (this.other?.readyState === "open") {
      this.other.dispatchEvent(new MessageEvent("message", { data }));
    }
    const low = this.bufferedAmountLowThreshold;
    if (before > low && this.bufferedAmount <= low) {
      this.dispatchEvent(new Event("bufferedamountlow"));
    }
    return true;
  }

  open(): void {
    if (this.readyState !== "connecting") return;
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  /** Here at once, at the other end by an event of its own; what waits is lost. */
  close(): void {
    if (this.readyState === "closed") return;
    this.lose();
    const { other } = this;
    if (!other || other.readyState === "closed") return;
    other.lose();
    other.dispatchEvent(new Event("close"));
  }

  /** As when the connection is closed: without a word. */
  lose(): void {
    this.readyState = "closed";
    this.#waiting.length = 0;
  }
}

interface FakePeer {
  info: PeerInfo;
  connection: FakeConnection | null;
  inform: (data: Json, topic?: string) => Promise<void>;
}

class FakeConnection {
  inbound: FakeDataChannel[] = [];
  readonly channels: FakeDataChannel[] = [];
  readonly pc;

  constructor(readonly onChannel: (channel: FakeDataChannel) => void) {
    const { channels } = this;
    this.pc = {
      signalingState: "stable" as RTCSignalingState,
      createDataChannel: (label: string, init?: RTCDataChannelInit) => {
        const channel = new FakeDataChannel(label, init);
        channels.push(channel);
        onChannel(channel);
        return channel;
      },
    };
  }
}

/** A page in a room, as far as a part sees it. */
export class FakeSession {
  readonly me: PeerInfo;
  readonly peers: FakePeer[] = [];
  readonly events = new Emitter<CignalEvents>({ onListenerError: (error) => this.fail(error) });
  readonly topics = new Emitter<Record<Topic, [data: Json, peer: PeerInfo]>>({
    onListenerError: (error) => this.fail(error),
  });
  closed = false;
  /** What listeners have thrown. */
  readonly errors: unknown[] = [];
  static #ids = 0;

  constructor(me: PeerInfo) {
    this.me = me;
  }

  get cignal(): Cignal {
    const { me, peers } = this;
    this.#session ??= Object.assign(this, {
      room: { me, peers },
      browser: {
        randomId: () => `id-${FakeSession.#ids++}`.padEnd(22, "x"),
        reportError: (error: unknown) => this.fail(error),
      },
    }) as unknown as Session;
    return { session: this.#session } as Cignal;
  }
  #session: Session | undefined;

  fail(error: unknown): void {
    this.errors.push(error);
  }

  changed(): void {
    this.events.emit("stateChanged", {} as never);
  }

  leave(): void {
    this.closed = true;
    this.peers.length = 0;
    this.changed();
  }
}

/** Two sessions and what is between them. */
export class FakeLine {
  readonly a: FakeSession;
  b: FakeSession;
  #ends: [FakePeer, FakePeer];
  /** What was said by `inform` and has not arrived. */
  said: { to: FakeSession; from: PeerInfo; data: Json; topic: Topic }[] = [];
  /** What `b` was told. */
  readonly heardByB: Record<string, unknown>[] = [];
  #toOpen: (() => void)[] = [];
  readonly #opened: FakeDataChannel[] = [];

  constructor() {
    this.a = new FakeSession({ id: "a", name: "Ada" });
    this.b = new FakeSession({ id: "b", name: "Bob" });
    this.#ends = this.#meet();
  }

  get connections(): readonly FakeConnection[] {
    return this.#ends.flatMap(({ connection }) => connection ?? []);
  }

  /** The channels on the connection that there is, both ends of each. */
  get channels(): FakeDataChannel[] {
    return this.connections.flatMap(({ channels }) =>
      channels.flatMap((channel) => (channel.other ? [channel, channel.other] : [])),
    );
  }

  /** Makes a connection; the one before is lost without a word. */
  connect(): void {
    this.disconnect();
    const [atA, atB] = this.#ends;
    atA.connection = new FakeConnection((channel) => this.#offer(channel, this.b, atB));
    atB.connection = new FakeConnection((channel) => this.#offer(channel, this.a, atA));
    this.a.changed();
    this.b.changed();
  }

  disconnect(): void {
    for (const connection of this.connections) connection.pc.signalingState = "closed";
    for (const channel of this.channels) channel.lose();
    this.#toOpen = [];
  }

  /** The page of `b` is loaded anew. */
  reloadB(): void {
    this.disconnect();
    this.b.leave();
    const [atA] = this.#ends;
    this.b = new FakeSession({ id: "b", name: "Bob" });
    const [, atB] = this.#meet();
    this.a.peers.splice(0, this.a.peers.length, atA);
    this.#ends = [atA, atB];
  }

  /** Another `b` enters the room. */
  joinB(): void {
    this.b = new FakeSession({ id: "b", name: "Bob" });
    this.#ends = this.#meet();
  }

  /** `b` leaves the room. */
  leaveB(): void {
    this.disconnect();
    this.a.peers.length = 0;
    this.a.changed();
    this.b.leave();
  }

  /** One thing passes: a message of the channel that is chosen, or a channel opens. False: nothing is on its way. */
  step(choose: (count: number) => number = () => 0): boolean {
    const open = this.#toOpen.shift();
    if (open) {
      open();
      return true;
    }
    const busy = this.channels.filter(({ isBusy }) => isBusy);
    if (busy[choose(busy.length)]?.pass()) return true;
    const said = this.said.shift();
    if (said?.to === this.b) this.heardByB.push(said.data);
    said?.to.topics.emit(said.topic, said.data, said.from);
    return said !== undefined;
  }

  /** All that was ever sent by whoever opened channels with such a label, in bytes. */
  bytesOf(label: string): number {
    const channels = this.#opened.filter((channel) => channel.label.startsWith(label));
    return channels.reduce((sum, { sent }) => sum + sent, 0);
  }

  flush(): void {
    while (this.step());
  }

  #meet(): [FakePeer, FakePeer] {
    const inform =
      (from: FakeSession, to: () => FakeSession) => async (data: Json, topic?: string) => {
        this.said.push({
          to: to(),
          from: from.me,
          data: JSON.parse(JSON.stringify(data)),
          topic: topic as Topic,
        });
      };
    const { a, b } = this;
    const atA: FakePeer = { info: b.me, connection: null, inform: inform(a, () => this.b) };
    const atB: FakePeer = { info: a.me, connection: null, inform: inform(b, () => this.a) };
    a.peers.push(atA);
    b.peers.push(atB);
    return [atA, atB];
  }

  #offer(channel: FakeDataChannel, session: FakeSession, end: FakePeer): void {
    this.#opened.push(channel);
    this.#toOpen.push(() => {
      const { label, ordered, protocol, maxRetransmits } = channel;
      const init = { ordered, protocol, ...(maxRetransmits !== null && { maxRetransmits }) };
      const theirs = new FakeDataChannel(label, init);
      channel.other = theirs;
      theirs.other = channel;
      theirs.open();
      channel.open();
      const { connection } = end;
      if (!connection) return;
      connection.inbound = [...connection.inbound, theirs];
      theirs.addEventListener("close", () => {
        connection.inbound = connection.inbound.filter((other) => other !== theirs);
      });
      session.changed();
    });
  }
}
