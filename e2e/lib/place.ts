import type { Page } from "@playwright/test";
import type { CignalOptions, Outcome, RoomControls, RoomPresence, SelfUpdate } from "cignal-client";
import type { Answer } from "./page-script.js";
import type { Peer } from "./peer.js";

/** Asks something of the room that this page is in. */
export function ask<Name extends keyof RoomControls>(
  { page }: Peer,
  name: Name,
  ...args: Parameters<RoomControls[Name]>
): Promise<Answer> {
  return page.evaluate(
    ({ name, args }) => {
      const request = Reflect.get(cignal.room, name) as (...args: unknown[]) => Promise<Outcome>;
      return lab.answer(request.apply(cignal.room, args));
    },
    { name, args: args as unknown[] },
  );
}

export const update = ({ page }: Peer, changes: SelfUpdate): Promise<Answer> =>
  page.evaluate((changes) => lab.answer(cignal.update(changes)), changes);

/** Begins to enter. `waiting` is why it waits, as far as it was told; `entered` what became of it. */
export async function comeTo({ page }: Peer, options: CignalOptions) {
  await page.evaluate((options) => {
    globalThis.waits = [];
    const onWaiting = ({ reason }: { reason: string }) => waits.push(reason);
    globalThis.entered = lab.enter({ ...options, onWaiting });
  }, options);
  return {
    waiting: () => page.evaluate(() => waits),
    entered: () => page.evaluate(() => entered),
  };
}

/** Watches a room; what it is told is in `presences`. */
export async function watch(page: Page, roomId: string): Promise<() => Promise<RoomPresence[]>> {
  await page.evaluate(async (roomId) => {
    globalThis.presences = [];
    globalThis.watching = await Cignal.watchRoom({ roomId }, (each) => presences.push(each));
  }, roomId);
  return () => page.evaluate(() => presences);
}

declare global {
  var waits: string[];
  var entered: Promise<Answer>;
  var presences: RoomPresence[];
  var watching: { stop(): void };
}
