import type { CandidatesMessage, DescriptionMessage, EndedMessage } from "@cignal/protocol";
import { debug } from "../browser/debug.js";
import type { PeerConnection, PeerConnectionOptions } from "./peer-connection.js";

const log = debug("link");

/** How many ended connections are remembered, and how many batches wait for an offer that may never come. */
const REMEMBERED = 32;

export interface PeerLinkOptions {
  /** The polite one gives way when both make a connection at once (S5). */
  polite: boolean;
  /** Whether we may make one; else the other side does (O11). */
  mayOffer: boolean;
  newId: () => string;
  makeConnection: (id: string, part: PeerConnectionOptions["part"]) => PeerConnection;
  /** The connection with this id is over. */
  onEnded: (id: string) => void;
  /** The other side takes a connection for its own that is over for us. */
  disown: (id: string) => void;
  /** The browser could not make one. */
  onError: (error: unknown) => void;
}

/** The one current connection to a peer: which signal belongs to it, which to none, and which makes a new one. */
export class PeerLink {
  readonly #options: PeerLinkOptions;
  #connection: PeerConnection | null = null;
  /** Ids of connections that are over: what still comes for them is late (S3). */
  #ended: string[] = [];
  /** Candidates that overtook their offer (S4). */
  #early: CandidatesMessage[] = [];

  constructor(options: PeerLinkOptions) {
    this.#options = options;
  }

  get connection(): PeerConnection | null {
    return this.#connection;
  }

  /** Makes a connection and offers it, unless one is there that can still be of use. */
  connect(): void {
    const state = this.#connection?.pc.connectionState ?? "closed";
    if (state === "failed" || state === "closed") this.rebuild();
  }

  /** Makes a connection in place of the one that is there. */
  rebuild(): void {
    const { mayOffer, newId, disown } = this.#options;
    if (mayOffer) return this.#make(newId(), "offerer");
    const over = this.#connection?.id;
    this.close();
    if (over) disown(over);
  }

  /** @param heard - the number up to which they had heard us when they sent this */
  receive(message: DescriptionMessage | CandidatesMessage | EndedMessage, heard: number): void {
    const id = message.connection;
    if (message.type === "ended") {
      // What they have said since comes in order, so nothing of it took the connection's place.
      if (this.#connection?.id === id) this.rebuild();
      return;
    }
    if (this.#ended.includes(id)) {
      log("dropped a late %s", message.type);
      if (message.type === "description") this.#options.disown(id);
      return;
    }
    if (this.#connection?.id === id) return this.#connection.receive(message);
    if (message.type === "candidates") {
      this.#early = [...this.#early, message].slice(-REMEMBERED);
      return;
    }
    if (message.description.type === "offer") this.#receiveFirstOffer(message, heard);
  }

  close(): void {
    if (!this.#connection) return;
    const { id } = this.#connection;
    this.#remember(id);
    this.#connection.close();
    this.#connection = null;
    this.#options.onEnded(id);
  }

  #receiveFirstOffer(offer: DescriptionMessage, heard: number): void {
    // Who offers another one after having heard of ours has done with ours.
    const glare = this.#connection && this.#connection.introduction > heard;
    if (glare && !this.#options.polite) {
      log("ignored a connection: glare");
      return this.#remember(offer.connection);
    }
    this.#make(offer.connection, "answerer");
    const early = this.#early.filter(({ connection }) => connection === offer.connection);
    this.#early = this.#early.filter(({ connection }) => connection !== offer.connection);
    for (const message of [offer, ...early]) this.#connection?.receive(message);
  }

  #make(id: string, part: PeerConnectionOptions["part"]): void {
    this.close();
    try {
      this.#connection = this.#options.makeConnection(id, part);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #remember(id: string): void {
    this.#ended = [...this.#ended, id].slice(-REMEMBERED);
  }
}
