import type { Envelope } from "@cignal/protocol";
import { vi } from "vitest";
import type { Peer } from "../../src/peer/peer.js";
import { outbound } from "../fake-media.js";
import { FakeNetwork } from "../fake-peer-connection.js";
import { asReceived } from "../peer-pair.js";
import { loadPage, type Page, type PageOptions } from "./page.js";

export type Side = "a" | "b";
export const SIDES: readonly Side[] = ["a", "b"];
export const opposite = { a: "b", b: "a" } as const;

/** How coarsely virtual time passes, in milliseconds: promises run in between. */
const STEP_MS = 20;

/** More than the longest chain of promises that one event sets off on both sides. */
const MICROTASKS = 80;

export const flush = async () => {
  for (let i = 0; i < MICROTASKS; i++) await Promise.resolve();
};

export const pass = async (ms: number, stepMs = STEP_MS) => {
  for (let passed = 0; passed < ms; passed += stepMs) {
    vi.advanceTimersByTime(stepMs);
    await flush();
  }
};

/** Two sides, each with the page that it has loaded, and a server between them that acts when it is told to. */
export class Model {
  readonly network = new FakeNetwork();
  readonly pages: Record<Side, Page>;
  /** Whether each side reaches the server. */
  readonly up = { a: true, b: true };
  /** Whether each side's camera and microphone are on. */
  readonly on = { a: true, b: true };
  /** Whether each side shares its screen. */
  readonly sharing = { a: false, b: false };
  /** What each side has sent through the server and the other one has not got yet. */
  readonly outbox: Record<Side, Envelope[]> = { a: [], b: [] };
  readonly sent: Record<Side, Envelope[]> = { a: [], b: [] };
  /** The last number that each side has sent, and those of which it was told that they never arrive. */
  readonly informed = { a: 0, b: 0 };
  readonly refused: Record<Side, Set<number>> = { a: new Set(), b: new Set() };
  /** How often each side began anew. */
  readonly reloads = { a: 0, b: 0 };
  /** Whether somebody at the page has called or accepted, since it was loaded. */
  readonly consented = { a: false, b: false };
  readonly #mode: Pick<PageOptions, "warm" | "rings">;
  #ids = 0;

  /** Whether calls ring on both sides. */
  get rings(): boolean {
    return this.#mode.rings;
  }

  constructor(mode: Pick<PageOptions, "warm" | "rings">) {
    this.#mode = mode;
    this.pages = { a: this.#load("a"), b: this.#load("b") };
  }

  /** The open connection that a side uses. */
  pc(side: Side) {
    return this.pages[side].open()[0];
  }

  hand(from: Side, envelope: Envelope | undefined): void {
    if (!envelope) return;
    const { peer, session, knownSessions } = this.pages[opposite[from]];
    if ([undefined, session].includes(envelope.recipient)) knownSessions.add(envelope.session);
    peer.receive(asReceived(envelope));
  }

  /** The first description that was sent to the page that is there now. */
  late(side: Side): Envelope | undefined {
    const { knownSessions } = this.pages[opposite[side]];
    return this.sent[side].find(
      ({ session, message }) => message?.type === "description" && knownSessions.has(session),
    );
  }

  /** The last word of a session that is over. The server never hands it to whom it did not know (L4). */
  stale(side: Side): Envelope | undefined {
    const { knownSessions } = this.pages[opposite[side]];
    const current = this.sent[side].at(-1)?.session;
    return this.sent[side].findLast(
      ({ session }) => session !== current && knownSessions.has(session),
    );
  }

  /** The page is another one from now on, and offers at once if `offer` says so (P2). */
  reload(side: Side, { offer }: { offer: boolean }): void {
    this.pages[side].peer.end();
    this.up[side] = true;
    this.reloads[side]++;
    this.consented[side] = false;
    this.pages[side] = this.#load(side);
    if (offer) this.pages[side].peer.warmUp();
  }

  callState(side: Side): Peer["callState"] {
    return this.pages[side].peer.callState;
  }

  call(side: Side): Promise<void> {
    this.consented[side] = true;
    return this.pages[side].peer.call();
  }

  accept(side: Side): void {
    this.consented[side] = true;
    this.pages[side].peer.accept().catch(() => {});
  }

  inform(side: Side): void {
    const number = ++this.informed[side];
    this.pages[side].peer.inform(number).catch(() => this.refused[side].add(number));
  }

  switch(side: Side, on: boolean): void {
    this.on[side] = on;
    this.#setOutbound(side);
  }

  share(side: Side, sharing: boolean): void {
    this.sharing[side] = sharing;
    this.#setOutbound(side);
  }

  end(): void {
    for (const side of SIDES) this.pages[side].peer.end();
  }

  #setOutbound(side: Side): void {
    const { peer, tracks, screen } = this.pages[side];
    const shared = this.sharing[side] ? screen : null;
    peer.setOutbound(outbound(this.on[side] ? tracks : undefined, shared));
  }

  #load(side: Side): Page {
    return loadPage({
      side,
      network: this.network,
      ...this.#mode,
      on: this.on[side],
      sharing: this.sharing[side],
      newId: () => `id${++this.#ids}`,
      send: (envelope) => {
        if (!this.up[side]) return false;
        this.outbox[side].push(envelope);
        this.sent[side].push(envelope);
        return true;
      },
      isServerUp: () => this.up[side],
    });
  }
}

/** Time passes and the server hands over what there is, until `isDone` or the time is over. */
export async function run(model: Model, forMs: number, isDone: () => boolean): Promise<boolean> {
  for (let passed = 0; passed < forMs && !isDone(); passed += 50) {
    for (const side of SIDES) {
      for (const envelope of model.outbox[side].splice(0)) model.hand(side, envelope);
    }
    await flush();
    await pass(50, 50);
  }
  return isDone();
}
