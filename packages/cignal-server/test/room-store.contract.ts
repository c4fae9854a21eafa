import { describe, expect, it } from "vitest";
import type { Room } from "../src/rooms/room-state.js";
import type { RoomStore } from "../src/rooms/room-store.js";
import { eventually } from "./eventually.js";

/** A room of somebody present and somebody away. */
export function room(id: string, revision: number): Room {
  const member = {
    peer: { id: "p", name: "Peer", role: "doctor", relayOnly: true },
    session: { socketId: "s", address: "192.0.2.1", about: { platform: "Web" } },
    tokenHash: "hash",
    previousTokenHash: "hash of the one before",
    joinedAt: 1,
    presence: { state: "connected", connection: "c", node: "n" },
  } as const;
  const absent = {
    peer: { id: "q", name: "Peer" },
    session: { socketId: "t", address: "::1" },
    tokenHash: "another hash",
    joinedAt: 2,
    presence: { state: "away", lost: "d", reason: "left", node: "n", until: 3 },
  } as const;
  return {
    id,
    openedAt: 1,
    revision,
    iceServers: [{ urls: "stun:a" }],
    members: [member, absent],
  };
}

/** What every room store must do. `create` makes an empty one. */
export function describeRoomStore(
  name: string,
  create: () => RoomStore | Promise<RoomStore>,
): void {
  describe(`${name} is a room store`, () => {
    it("gives back what was committed", async () => {
      const store = await create();
      expect(await store.load("r")).toBeUndefined();
      expect(await store.commit("r", 0, room("r", 7))).toEqual({ done: true });
      expect(await store.load("r")).toEqual(room("r", 7));
    });

    it("commits only on top of the expected revision, and else gives the room that is there", async () => {
      const store = await create();
      expect(await store.commit("r", 6, room("r", 7))).toEqual({ done: false, room: undefined });
      await store.commit("r", 0, room("r", 7));
      const refused = { done: false, room: room("r", 7) };
      expect(await store.commit("r", 0, room("r", 8))).toEqual(refused);
      expect(await store.commit("r", 6, undefined)).toEqual(refused);
      expect(await store.load("r")).toEqual(room("r", 7));
      expect(await store.commit("r", 7, room("r", 8))).toEqual({ done: true });
      expect(await store.load("r")).toEqual(room("r", 8));
    });

    it("lets one of many writers win", async () => {
      const store = await create();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.commit("r", 0, room("r", i + 1))),
      );
      expect(results.filter(({ done }) => done)).toHaveLength(1);
    });

    it("deletes a room, which then does not count any more", async () => {
      const store = await create();
      await store.commit("r", 0, room("r", 7));
      expect(await store.commit("r", 7, undefined)).toEqual({ done: true });
      expect(await store.load("r")).toBeUndefined();
      expect(await store.count()).toBe(0);
      expect(await store.commit("r", 0, room("r", 1))).toEqual({ done: true });
    });

    it("keeps rooms apart, whatever their ids are", async () => {
      const store = await create();
      const ids = [
        "r",
        "R",
        "r ",
        "__proto__",
        "constructor",
        "a:b",
        "*",
        "ü",
        "👩‍⚕️",
        "\ud800",
        "\ud801",
        "{a}",
      ];
      for (const id of ids) await store.commit(id, 0, room(id, 1));
      expect(await store.count()).toBe(ids.length);
      const { rooms } = await store.page({ limit: 100 });
      expect(rooms.map(({ id }) => id).sort()).toEqual([...ids].sort());
      for (const id of ids) expect((await store.load(id))?.id).toBe(id);
    });

    it("gives rooms page by page, each once, whatever comes and goes meanwhile", async () => {
      const store = await create();
      const stay = Array.from({ length: 25 }, (_, i) => `room ${i}`);
      for (const id of stay) await store.commit(id, 0, room(id, 1));
      await store.commit("goes", 0, room("goes", 1));
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.page({ after, limit: 4 });
        expect(page.rooms.length).toBeLessThanOrEqual(4);
        seen.push(...page.rooms.map(({ id }) => id));
        after = page.next;
        await store.commit("goes", 1, undefined);
        const comes = `comes ${seen.length}`;
        await store.commit(comes, 0, room(comes, 1));
      } while (after !== undefined && seen.length < 100);
      expect(seen.filter((id) => id.startsWith("room")).sort()).toEqual([...stay].sort());
      expect(new Set(seen).size).toBe(seen.length);
    });

    it("names no next page after the last one, and gives the order that it gave", async () => {
      const store = await create();
      expect(await store.page({ limit: 4 })).toEqual({ rooms: [] });
      for (const id of ["a", "b", "c", "d"]) await store.commit(id, 0, room(id, 1));
      const all = await store.page({ limit: 4 });
      expect(all.next).toBeUndefined();
      const first = await store.page({ limit: 2 });
      const second = await store.page({ limit: 2, after: first.next });
      expect([...first.rooms, ...second.rooms]).toEqual(all.rooms);
      expect(second.next).toBeUndefined();
    });

    it("lets one of many hold a name, again and again, until it no longer claims it", async () => {
      const store = await create();
      const claims = ["a", "b", "c"].map((holder) => store.claim("n", holder, 60_000));
      expect(await Promise.all(claims)).toEqual([true, false, false]);
      expect(await store.claim("n", "b", 60_000)).toBe(false);
      expect(await store.claim("another name", "b", 60_000)).toBe(true);
      expect(await store.claim("n", "a", 1)).toBe(true);
      await eventually(async () => expect(await store.claim("n", "b", 60_000)).toBe(true));
      expect(await store.claim("n", "a", 60_000)).toBe(false);
    });
  });
}
