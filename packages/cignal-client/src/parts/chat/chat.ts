import type { PeerInfo } from "@cignal/protocol";
import type { Cignal } from "../../cignal.js";
import { CignalError, type Outcome } from "../../errors.js";
import { Emitter } from "../../lib/emitter.js";
import type { Session } from "../../session.js";
import { inside } from "../inside.js";
import { History } from "./history.js";
import { type ChatLine, Lines } from "./lines.js";
import { encodePicture } from "./picture.js";
import { Typing } from "./typing.js";
import { type ChatMessage, readMessage, TEXT_AT_MOST, type Told } from "./wire.js";

export interface ChatOptions {
  /**
   * Whether who comes later, or reloads the page, is told what was said to everybody before; the same for everybody in a
   * room. Default: `false`.
   */
  history?: boolean | undefined;
  /** How many lines are kept, the newest: 1 to 10,000. Default: 500. */
  maxLines?: number | undefined;
}

export interface ChatEvents {
  /** A line was said, here or elsewhere; once for each. History comes as `changed` alone. */
  line: [line: ChatLine];
  /** There are more lines, or the state of one is another. A late listener gets the newest alone. */
  changed: [lines: readonly ChatLine[]];
  /** Who types now, nobody included. */
  typing: [peers: readonly PeerInfo[]];
}

/** Opens the chat of a room; it closes when the room is left. Throws a `TypeError` if an option is wrong. */
export function openChat(cignal: Cignal, options: ChatOptions = {}): Chat {
  const { history = false, maxLines = 500, ...unknown } = options;
  const [name] = Object.keys(unknown);
  if (name) throw new TypeError(`openChat: ${name}: expected one of history, maxLines`);
  if (typeof history !== "boolean")
    throw new TypeError("openChat: history: expected true or false");
  if (!Number.isInteger(maxLines) || maxLines < 1 || maxLines > 10_000) {
    throw new TypeError("openChat: maxLines: expected a whole number from 1 to 10,000");
  }
  return new Chat(inside(cignal), { history, maxLines });
}

/** Lines of text between all in a room, or two of them. */
export class Chat {
  readonly #session: Session;
  readonly #events: Emitter<ChatEvents>;
  readonly #lines: Lines;
  readonly #typing: Typing;
  readonly #history: History;
  readonly #options: Required<ChatOptions>;
  readonly #ends: (() => void)[];

  /** @internal */
  constructor(session: Session, options: { history: boolean; maxLines: number }) {
    this.#session = session;
    this.#options = options;
    this.#events = new Emitter<ChatEvents>({
      onListenerError: session.browser.reportError,
      newestOnly: ["changed", "typing"],
    });
    this.#lines = new Lines(options.maxLines, (lines) => this.#events.emit("changed", lines));
    this.#typing = new Typing({
      tell: (typing) => this.#tellAll({ type: "typing", typing }),
      onChange: (peers) => this.#events.emit("typing", peers),
    });
    this.#history = new History({
      others: () => this.#others.map(({ info }) => info.id),
      tell: (peerId, message) => this.#tell(peerId, message),
      onLines: (lines) => this.#lines.addBefore(lines, session.room.me.id),
    });
    this.#ends = [
      session.topics.on("chat", (data, peer) => this.#receive(data, peer)),
      session.events.tap((...[name, , about]) => {
        if (name === "peerHangUp") this.#forget(about.peer);
        if (name === "stateChanged" && session.closed) this.close();
      }),
    ];
    if (options.history && !session.room.me.inspector) this.#history.ask();
  }

  /** The newest lines, in the order in which they are to be shown; the same object until something changes. */
  get lines(): readonly ChatLine[] {
    return this.#lines.shown;
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof ChatEvents>(
    name: Name,
    listener: (...args: ChatEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Says a line of at most 8,192 characters to everybody, or to the peer with the id `to` alone, with a JPEG of at most 18,000
   * bytes if wanted. It stands in `lines` at once, and arrives once, also while either side is cut off for a while. Fails with
   * `bad-argument`, with `timeout`, with `closed`, and with `nobody-here` where nobody is there and no `history` keeps it for
   * who comes; such a line is not kept.
   */
  async send(
    text: string,
    { to, picture }: { to?: string | undefined; picture?: Blob | undefined } = {},
  ): Promise<Outcome> {
    this.#typing.end({ tell: false });
    try {
      if (typeof text !== "string" || text === "" || text.length > TEXT_AT_MOST) {
        const problem = `send(text): expected a text of 1 to ${TEXT_AT_MOST} characters.`;
        throw new CignalError("bad-argument", problem, { field: "text" });
      }
      const { id, name } = this.#session.room.me;
      const told: Told = {
        id: this.#session.browser.randomId(),
        text,
        sentAt: Date.now(),
        from: { id, name },
        ...(picture && { picture: await encodePicture(picture) }),
      };
      if (this.#isClosed) throw closedError();
      if (!this.#keepsForLater(to)) this.#session.room.somebody(to);
      const about = { own: true, private: to !== undefined, state: "sending" } as const;
      const line = this.#lines.add(told, about, to);
      if (line) this.#events.emit("line", line);
      return await this.#say(told, to);
    } catch (error) {
      if (!(error instanceof CignalError)) throw error;
      return { success: false, error };
    }
  }

  /** Sends a line again whose `state` is `"failed"`. It is still shown once, also where it had arrived after all. */
  async resend(lineId: string): Promise<Outcome> {
    const kept = this.#lines.get(lineId);
    if (kept?.line.state !== "failed") {
      const problem = "resend(lineId): expected the id of an own line that has failed.";
      const error = new CignalError("bad-argument", problem, { field: "lineId" });
      return { success: false, error };
    }
    if (this.#isClosed) return { success: false, error: closedError() };
    this.#lines.setState(lineId, "sending");
    return this.#say(kept.told, kept.to);
  }

  /** Call it at each key: the others see that somebody types, until some seconds later or a line is sent. */
  typing(): void {
    if (!this.#isClosed) this.#typing.begin();
  }

  /** Ends the chat here; leaving the room does, too. */
  close(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#typing.stop();
    this.#history.stop();
  }

  get #isClosed(): boolean {
    return this.#ends.length === 0;
  }

  /** Those who take part. */
  get #others() {
    return this.#session.room.peers.filter(({ info }) => !info.inspector);
  }

  #keepsForLater(to: string | undefined): boolean {
    const { closed, room } = this.#session;
    return this.#options.history && to === undefined && !closed && !room.me.inspector;
  }

  async #say(told: Told, to: string | undefined): Promise<Outcome> {
    const { from: _, ...line } = told;
    const message: ChatMessage = { type: "line", line, ...(to !== undefined && { private: true }) };
    const outcome = await this.#inform(message, to);
    this.#lines.setState(told.id, outcome.success ? "sent" : "failed");
    return outcome;
  }

  async #inform(message: ChatMessage, to: string | undefined): Promise<Outcome> {
    if (this.#keepsForLater(to) && this.#others.length === 0) return { success: true };
    const outcome = await this.#session.inform(message, to, "chat");
    if (outcome.success || outcome.error.code !== "nobody-here" || to !== undefined) return outcome;
    const isForOthers = this.#others.length > 0 || this.#keepsForLater(to);
    // Who leaves meanwhile is no failure of what goes to everybody: it is said again, and the others show it once (T1).
    return isForOthers ? this.#inform(message, to) : outcome;
  }

  #receive(data: unknown, peer: PeerInfo): void {
    const message = readMessage(data);
    switch (message?.type) {
      case "line": {
        this.#typing.hear(peer, false);
        const told = { ...message.line, from: { id: peer.id, name: peer.name } };
        const about = { own: false, private: message.private ?? false, state: "received" } as const;
        const line = this.#lines.add(told, about);
        if (line) this.#events.emit("line", line);
        return;
      }
      case "typing":
        return this.#typing.hear(peer, message.typing);
      case "ask":
        return void this.#history.answer(peer.id, () =>
          this.#options.history ? this.#lines.public : [],
        );
      case "history":
        return this.#history.receive(peer.id, message.lines, message.more, this.#options.maxLines);
    }
  }

  #forget(peer: PeerInfo): void {
    this.#typing.hear(peer, false);
    this.#history.gone(peer.id);
  }

  async #tell(peerId: string, message: ChatMessage): Promise<void> {
    await this.#session.room.somebody(peerId)[0]?.inform(message, "chat");
  }

  /** What is soon out of date is worth saying only to those who can be reached now. */
  #tellAll(message: ChatMessage): void {
    if (this.#session.room.me.inspector) return;
    for (const peer of this.#others) if (peer.alive) peer.inform(message, "chat").catch(() => {});
  }
}

const closedError = () => new CignalError("closed", "This chat is closed.");
