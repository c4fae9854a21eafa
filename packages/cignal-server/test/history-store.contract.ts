import { describe, expect, it } from "vitest";
import type { HistoryEntry, HistoryLimits, HistoryStore } from "../src/index.js";

const peer = { id: "p", name: "Ada", role: "host" };

/** What every history store must do. `create` makes an empty one. */
export function describeHistoryStore(
  name: string,
  create: (limits?: HistoryLimits) => HistoryStore | Promise<HistoryStore>,
): void {
  const opened = (at = Date.now()): HistoryEntry => ({ at, event: "opened" });
  const refused = (peerId: string): HistoryEntry => ({
    at: Date.now(),
    event: "refused",
    code: "room-full",
    peerId,
  });

  describe(`${name} is a history store`, () => {
    it("gives back what was added, in order, room by room", async () => {
      const store = await create();
      const entries: HistoryEntry[] = [
        opened(),
        { at: Date.now(), event: "joined", peer, size: 1 },
        refused("q"),
        { at: Date.now(), event: "left", peer, reason: "timeout", size: 0 },
        { at: Date.now(), event: "closed" },
      ];
      for (const entry of entries) await store.append("r", entry);
      await store.append("s", opened());
      expect(await store.read("r")).toEqual(entries);
      expect(await store.read("s")).toHaveLength(1);
      expect(await store.read("t")).toBeUndefined();
    });

    it("goes on when a room is opened again", async () => {
      const store = await create();
      for (const _ of [1, 2]) await store.append("r", opened());
      expect(await store.read("r")).toHaveLength(2);
    });

    it("keeps nothing of a room that was never opened", async () => {
      const store = await create();
      await store.append("r", refused("q"));
      expect(await store.read("r")).toBeUndefined();
    });

    it("drops the room that has been quiet the longest", async () => {
      const store = await create({ rooms: 2 });
      for (const roomId of ["a", "b"]) await store.append(roomId, opened());
      await store.append("a", { at: Date.now(), event: "joined", peer, size: 1 });
      await store.append("c", opened());
      expect(await store.read("b")).toBeUndefined();
      expect(await store.read("a")).toHaveLength(2);
      expect(await store.read("c")).toHaveLength(1);
    });

    it("drops the oldest refusal of a room, and then the oldest entry", async () => {
      const store = await create({ entries: 3 });
      await store.append("r", opened());
      for (const peerId of ["1", "2", "3", "4"]) await store.append("r", refused(peerId));
      const peerIds = (await store.read("r"))?.map((entry) => Reflect.get(entry, "peerId"));
      expect(peerIds).toEqual([undefined, "3", "4"]);
      for (const size of [1, 2, 3]) {
        await store.append("r", { at: Date.now(), event: "joined", peer, size });
      }
      const sizes = (await store.read("r"))?.map((entry) => Reflect.get(entry, "size"));
      expect(sizes).toEqual([1, 2, 3]);
    });

    it("keeps nothing that is too old", async () => {
      const store = await create({ ageMs: 60_000 });
      await store.append("old", opened(Date.now() - 61_000));
      await store.append("r", opened(Date.now() - 61_000));
      await store.append("r", opened());
      expect(await store.read("old")).toBeUndefined();
      expect(await store.read("r")).toHaveLength(1);
    });

    it.each(["__proto__", "constructor", "", "a\u0000b", "a:b/c"])(
      "takes any id: %j",
      async (id) => {
        const store = await create();
        expect(await store.read(id)).toBeUndefined();
        await store.append(id, opened());
        expect(await store.read(id)).toHaveLength(1);
      },
    );
  });
}
