import { expect } from "@playwright/test";
import type { CignalEvents } from "cignal-client";
import { expectFrames } from "./media.js";
import type { Peer } from "./peer.js";
import type { TestServer } from "./server.js";

/** What tells a page that something has happened to it or to its call. */
const NOTICES: (keyof CignalEvents)[] = [
  "peerHangUp",
  "reconnecting",
  "information",
  "offerReceived",
  "clientError",
  "serverError",
];

/** Two pages in a call, beside whom something happens that is not their business. */
export class Bystanders {
  readonly #pages: readonly [Peer, Peer];
  readonly #server: TestServer;
  #before: unknown;

  constructor(pages: readonly [Peer, Peer], server: TestServer) {
    this.#pages = pages;
    this.#server = server;
  }

  /** Remembers how they are. */
  async look(): Promise<void> {
    this.#before = await this.#seen();
  }

  /**
   * Expects that nothing has reached them, that their room is as it was, that pictures and what they say come through,
   * and that the server answers them.
   */
  async expectUndisturbed(): Promise<void> {
    const [first, second] = this.#pages;
    expect(await this.#seen()).toEqual(this.#before);
    await expectFrames(first.page, second.page);
    const { length } = await second.informations();
    expect(await first.inform("still here")).toEqual({ success: true });
    await expect
      .poll(async () => (await second.informations()).slice(length))
      .toEqual(["still here"]);
    expect(await second.setICEServers([])).toEqual({ success: true });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    for (const { page } of this.#pages) {
      expect(await page.evaluate(() => Reflect.get({}, "polluted"))).toBeUndefined();
    }
  }

  /** Whether both have a connection to the server. */
  async areJoined(): Promise<boolean> {
    const states = await Promise.all(this.#pages.map((peer) => peer.state()));
    return states.every(({ signaling }) => signaling === "joined");
  }

  async #seen() {
    const pages = await Promise.all(
      this.#pages.map(async (peer) => ({
        events: await Promise.all(NOTICES.map((name) => peer.events(name))),
        connections: await peer.connectionStates(),
        peers: (await peer.state()).peers.map(({ id, name }) => ({ id, name })),
        signaling: (await peer.state()).signaling,
      })),
    );
    const { roomId } = await this.#pages[0].state();
    return { pages, members: (await this.#server.cignal.rooms.get(roomId))?.peers };
  }
}
