import type { Cignal } from "../src/cignal.js";
import type { CignalEvents } from "../src/cignal-events.js";
import { CignalError, type Outcome } from "../src/errors.js";
import { Emitter } from "../src/lib/emitter.js";
import type { Session } from "../src/session.js";
import type { Topic } from "../src/topics.js";

interface Info {
  id: string;
  name: string;
  inspector?: true;
}

interface Page {
  info: Info;
  events: Emitter<CignalEvents>;
  topics: Emitter<Record<Topic, [data: unknown, peer: Info]>>;
  isCutOff: boolean;
  closed: boolean;
  ids: number;
}

const gone = () => new CignalError("nobody-here", "Nobody with that id is in the room.");

/** A room of pages in which each hears at once what another one says to its parts, as JSON. */
export class PartRoom {
  readonly #pages = new Map<string, Page>();
  /** All that was said, by whom and to whom. */
  readonly said: { from: string; to: string; topic: string; data: unknown }[] = [];

  /** A page that enters; what a part finds behind its `Cignal` is as much as parts use. */
  enter(info: Info): Cignal {
    const onListenerError = (error: unknown) => {
      throw error;
    };
    const page: Page = {
      info,
      events: new Emitter({ onListenerError }),
      topics: new Emitter({ onListenerError }),
      isCutOff: false,
      closed: false,
      ids: 0,
    };
    this.#pages.set(info.id, page);
    for (const other of this.#others(page)) {
      other.events.emit("peerJoined", info.name, { peer: info });
      page.events.emit("peerJoined", other.info.name, { peer: other.info });
    }
    const session = {
      room: {
        me: info,
        peers: [] as unknown[],
        somebody: (id?: string) => {
          const found = this.#peersOf(page).filter(({ info: { id: own } }) => !id || own === id);
          if (found.length === 0) throw gone();
          return found;
        },
      },
      browser: { randomId: () => `${info.id}-${"x".repeat(16)}-${page.ids++}`, reportError() {} },
      events: page.events,
      topics: page.topics,
      get closed() {
        return page.closed;
      },
      inform: async (data: unknown, to: string | undefined, topic: Topic): Promise<Outcome> => {
        try {
          for (const peer of session.room.somebody(to)) await peer.inform(data, topic);
          return { success: true };
        } catch (error) {
          return { success: false, error: error as CignalError };
        }
      },
    };
    Object.defineProperty(session.room, "peers", { get: () => this.#peersOf(page) });
    return { session: session as unknown as Session } as Cignal;
  }

  /** They leave, and the others learn it. */
  leave(id: string): void {
    const page = this.#page(id);
    this.#pages.delete(id);
    page.closed = true;
    page.events.emit("stateChanged", {} as never);
    for (const other of this.#pages.values()) {
      other.events.emit("peerHangUp", { reason: "left" }, { peer: page.info });
    }
  }

  /** Nobody reaches them, and they reach nobody. */
  cutOff(id: string, isCutOff = true): void {
    this.#page(id).isCutOff = isCutOff;
  }

  /** What this peer says, whatever its parts would. */
  say(from: string, to: string, topic: Topic, data: unknown): void {
    this.#page(to).topics.emit(topic, structuredClone(data), this.#page(from).info);
  }

  #page(id: string): Page {
    const page = this.#pages.get(id);
    if (!page) throw new Error(`${id} is not in the room`);
    return page;
  }

  #others(page: Page): Page[] {
    return [...this.#pages.values()].filter((other) => other !== page);
  }

  #peersOf(page: Page) {
    return this.#others(page).map(({ info }) => ({
      info,
      alive: !page.isCutOff,
      inform: async (data: unknown, topic: Topic) => {
        const other = this.#pages.get(info.id);
        if (!other) throw gone();
        if (page.isCutOff || other.isCutOff) throw new CignalError("timeout", "Cut off.");
        this.said.push({ from: page.info.id, to: info.id, topic, data });
        this.say(page.info.id, info.id, topic, data);
      },
    }));
  }
}
