import type { PeerInfo, ServerMessages } from "@cignal/protocol";
import { Cignal } from "../../src/cignal.js";
import { fakeBrowser } from "../fake-browser.js";
import { FakeNetwork, type FakePeerConnection } from "../fake-peer-connection.js";
import { type FakeSocket, fakeSockets } from "../fake-socket.js";
import { flush, pass } from "./model.js";

/** How long the server keeps the place of who is lost, in milliseconds. */
const GRACE_MS = 30_000;

/** One person's page from when it was loaded until it is left, reloaded or gone. */
export interface Attendee {
  readonly id: string;
  readonly cignal: Cignal;
  readonly socket: FakeSocket;
  readonly connections: FakePeerConnection[];
  /** Whether the server's latest word has let this page in. */
  state: "entering" | "in" | "gone";
  /** What the page was told of who comes and goes, and whom it saw in the room at that moment. */
  readonly told: { name: string; peer: string; seen: string[] }[];
  readonly errors: string[];
  /** Whose information arrived, and which number. */
  readonly heard: [from: string, data: unknown][];
}

/** Whole pages in one room, and a server between them that hands over when it is told to. */
export class Meeting {
  readonly network = new FakeNetwork();
  /** Everybody whom the server names, in the order in which they came. */
  readonly members = new Map<string, Attendee>();
  readonly #inboxes = new Map<FakeSocket, (() => void)[]>();
  readonly #read = new Map<FakeSocket, number>();
  #revision = 0;

  /** Those who have heard that they are in. */
  get present(): Attendee[] {
    return [...this.members.values()].filter(({ state }) => state === "in");
  }

  /** A page opens. Who is there still, by the server's word, takes up the place again (L4). */
  async enter(id: string): Promise<void> {
    const connections: FakePeerConnection[] = [];
    const browser = fakeBrowser({
      createPeerConnection: (configuration) => {
        const pc = this.network.create(configuration);
        connections.push(pc as unknown as FakePeerConnection);
        return pc;
      },
    });
    const { sockets, openSocket } = fakeSockets();
    const entered = Cignal.createRoom({ peerId: id, roomId: "room" }, { browser, openSocket });
    entered.catch(() => {});
    const [socket] = sockets as [FakeSocket];
    socket.arrive();
    const before = this.members.get(id);
    const others = [...this.members.keys()].filter((other) => other !== id).map(info);
    if (!before) this.#revision++;
    socket.welcome({
      you: info(id),
      peers: others,
      revision: this.#revision,
      gracePeriodMs: GRACE_MS,
      resumed: before !== undefined,
    });
    const cignal = await entered;
    const attendee: Attendee = {
      ...{ id, cignal, socket, connections, state: "in", told: [], errors: [], heard: [] },
    };
    const note = (name: string) => (_first: unknown, about: { peer: PeerInfo }) => {
      const seen = cignal.peers.map((peer) => peer.id);
      attendee.told.push({ name, peer: about.peer.id, seen });
    };
    cignal.on("peerJoined", note("joined"));
    cignal.on("peerHangUp", note("gone"));
    cignal.on("information", (data, { peer }) => attendee.heard.push([peer.id, data]));
    cignal.on("clientError", ({ error }) => attendee.errors.push(String(error)));
    cignal.on("serverError", ({ error }) => attendee.errors.push(String(error)));
    if (before) before.state = "gone";
    this.members.set(id, attendee);
    if (!before) this.#tellOthers(id, "peer-joined", { peer: info(id), revision: this.#revision });
  }

  /** The page leaves, and says so. */
  leave(attendee: Attendee): void {
    void attendee.cignal.leaveRoom();
    attendee.state = "gone";
    this.#remove(attendee.id, "left");
  }

  /** The page is gone without a word; the server keeps the place. */
  crash(attendee: Attendee): void {
    attendee.state = "gone";
    attendee.socket.receive("closed", { code: "room-closed", message: "The page is gone." });
    for (const pc of attendee.connections) {
      pc.breakPath();
      pc.close();
    }
  }

  /** The server gives up waiting for who is gone. */
  giveUp(id: string): void {
    if (this.members.get(id)?.state === "gone") this.#remove(id, "timeout");
  }

  /** The connection of two carries nothing any more. */
  cut(one: Attendee, other: Attendee): void {
    for (const pc of one.connections) {
      if (pc.other && other.connections.includes(pc.other)) pc.breakPath();
    }
  }

  /** Hands over what waits for one of them: the next message, or as many as there are. */
  async deliver(id: string, most = 1): Promise<void> {
    this.#collect();
    const inbox = this.#inboxOf(id);
    for (let i = 0; i < most && inbox.length > 0; i++) inbox.shift()?.();
    await flush();
    this.#collect();
  }

  /** Everything arrives for so long, in milliseconds, or until it `isDone`. */
  async run(forMs: number, isDone: () => boolean = () => false): Promise<boolean> {
    for (let passed = 0; passed < forMs && !isDone(); passed += 50) {
      for (const { id } of this.present) await this.deliver(id, Number.POSITIVE_INFINITY);
      await pass(50, 50);
    }
    return isDone();
  }

  /** The open connection that one has to another. */
  pc(one: Attendee, other: Attendee): FakePeerConnection | null {
    const peer = one.cignal.session.room.peers.find(({ info }) => info.id === other.id);
    return (peer?.pc ?? null) as unknown as FakePeerConnection | null;
  }

  end(): void {
    for (const attendee of this.present) this.leave(attendee);
  }

  #remove(id: string, reason: ServerMessages["peer-left"]["reason"]): void {
    this.members.delete(id);
    this.#tellOthers(id, "peer-left", { peerId: id, reason, revision: ++this.#revision });
  }

  #tellOthers(about: string, type: string, payload: object): void {
    // What was said before is handed over before.
    this.#collect();
    for (const { id, socket } of this.present) {
      if (id !== about) this.#inboxOf(id).push(() => socket.receive(type, payload));
    }
  }

  /** Takes what pages have sent since. */
  #collect(): void {
    for (const { id: from, socket } of this.present) {
      const sent = socket.sent.slice(this.#read.get(socket) ?? 0);
      this.#read.set(socket, socket.sent.length);
      for (const [type, payload] of sent) {
        if (type !== "signal") continue;
        const { to, envelope } = JSON.parse(JSON.stringify(payload));
        const receiver = this.members.get(to);
        if (receiver?.state !== "in") continue;
        const hand = () => receiver.socket.receive("signal", { from, envelope });
        this.#inboxOf(to).push(hand);
      }
    }
  }

  #inboxOf(id: string): (() => void)[] {
    const socket = this.members.get(id)?.socket;
    if (!socket) return [];
    const inbox = this.#inboxes.get(socket) ?? [];
    this.#inboxes.set(socket, inbox);
    return inbox;
  }
}

const info = (id: string): PeerInfo => ({ id, name: id.toUpperCase() });
