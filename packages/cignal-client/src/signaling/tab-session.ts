import type { Browser } from "../browser/browser.js";

/** How long a reloaded page waits for the one before it to let go; a copy of the tab waits in vain. */
const CLAIM_MS = 500;

/** Who a tab is in a room. */
interface Place {
  peerId: string;
  resumeToken: string;
  /** What the page wants of its devices; for the next page to read. */
  intent?: unknown;
}

export interface TabSessionOptions {
  browser: Browser;
  serverUrl: string;
  roomId: string;
  /** The id that the app wants; `undefined` leaves it to us. */
  peerId: string | undefined;
}

/**
 * What a tab remembers of its place in a room, so that a reload goes on as the same peer. The browser copies it when
 * somebody duplicates the tab, hence the lock: only one page at a time may be that peer. Without locks, as on plain
 * http, nothing is remembered.
 */
export class TabSession {
  readonly #options: TabSessionOptions;
  readonly #key: string;
  #place: Place | undefined;
  #release: Promise<(() => void) | undefined> = Promise.resolve(undefined);
  readonly peerId: string;

  private constructor(options: TabSessionOptions, place?: Place) {
    const { browser, serverUrl, roomId, peerId = browser.randomId() } = options;
    this.#options = options;
    this.#key = keyOf(serverUrl, roomId);
    this.#place = place;
    this.peerId = place?.peerId ?? peerId;
  }

  /** Goes on where the page before this one was, if there was one and nobody else does; begins anew otherwise. */
  static open(options: TabSessionOptions): TabSession | Promise<TabSession> {
    const stored = read(options);
    return stored ? TabSession.#reopen(options, stored) : new TabSession(options).#hold();
  }

  static async #reopen(options: TabSessionOptions, stored: Place): Promise<TabSession> {
    const resumed = new TabSession(options, stored).#hold();
    if (await resumed.#release) return resumed;
    return new TabSession(options).#hold();
  }

  /** Proves to the server who we are (L4). */
  get resumeToken(): string | undefined {
    return this.#place?.resumeToken || undefined;
  }

  /** What the page before this one wanted of its devices, if it said so. */
  get intent(): unknown {
    return this.#place?.intent;
  }

  /** Remembers these for the next page, which only a token lets in. */
  async remember(news: Partial<Pick<Place, "resumeToken" | "intent">>): Promise<void> {
    const place = { peerId: this.peerId, resumeToken: "", ...this.#place, ...news };
    this.#place = place;
    if (!place.resumeToken) return;
    const held = await this.#release;
    if (held && this.#place === place) {
      this.#options.browser.tabStorage()?.setItem(this.#key, JSON.stringify(place));
    }
  }

  /** The next page begins anew. */
  forget(): void {
    this.#options.browser.tabStorage()?.removeItem(this.#key);
    this.#place = undefined;
    this.letGo();
  }

  /** The next page may go on. */
  letGo(): void {
    void this.#release.then((release) => release?.());
  }

  #hold(): this {
    this.#release = this.#options.browser.lock(`${this.#key} ${this.peerId}`, CLAIM_MS);
    return this;
  }
}

const keyOf = (serverUrl: string, roomId: string) => `cignal ${serverUrl} ${roomId}`;

function read({ browser, serverUrl, roomId, peerId }: TabSessionOptions): Place | undefined {
  try {
    const place = JSON.parse(browser.tabStorage()?.getItem(keyOf(serverUrl, roomId)) ?? "");
    const isPlace = typeof place.peerId === "string" && typeof place.resumeToken === "string";
    return isPlace && (peerId ?? place.peerId) === place.peerId ? place : undefined;
  } catch {
    return undefined;
  }
}
