import { ProtocolError } from "@cignal/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { here } from "../../test/here.js";
import type { Command, Effect } from "./command.js";
import { decide } from "./room.js";
import type { Room } from "./room-state.js";

const CAPACITY = 3;

/** What a client has seen of the others, made from nothing but what it was told. */
type Roster = Set<string>;

const peerId = fc.constantFrom("a", "b", "c", "d", "e");
/** Few, so that news of old connections and of others' are frequent. */
const connection = fc.constantFrom("1", "2", "3");
const sender = fc.record({ peerId, connection });

const command: fc.Arbitrary<(now: number) => Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ peerId, connection, hasToken: fc.boolean() }).map(
      ({ peerId, connection, hasToken }) =>
        (now: number): Command => ({
          type: "join",
          roomId: "r",
          peer: { id: peerId, name: peerId },
          session: { socketId: `${now}`, address: "::1" },
          connection: `${peerId}-${connection}`,
          newTokenHash: `hash ${now} of ${peerId}`,
          proves: () => hasToken,
          capacity: CAPACITY,
          now,
        }),
    ),
  },
  ...(["leave", "confirm", "expire", "grace-expired"] as const).map((type) => ({
    weight: 2,
    arbitrary: sender.map(
      ({ peerId, connection }) =>
        (now: number): Command => ({ type, peerId, connection: `${peerId}-${connection}`, now }),
    ),
  })),
  {
    weight: 2,
    arbitrary: fc.tuple(sender, fc.constantFrom("timeout", "left")).map(
      ([{ peerId, connection }, reason]) =>
        (): Command => ({
          type: "connection-lost",
          peerId,
          connection: `${peerId}-${connection}`,
          reason,
        }),
    ),
  },
  { weight: 1, arbitrary: fc.constant((): Command => ({ type: "close", code: "room-closed" })) },
  {
    weight: 1,
    arbitrary: fc.constant((): Command => ({ type: "set-ice-servers", iceServers: [] })),
  },
);

/** Applies what members are told to what each of them has seen; each message must be news to its receiver. */
function hear(rosters: Map<string, Roster>, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.type === "welcome") {
      const { you, peers } = effect.welcome;
      rosters.set(you.id, new Set(peers.map(({ id }) => id)));
    }
    if (effect.type !== "tell") continue;
    for (const { peer } of effect.to) {
      const roster = rosters.get(peer.id);
      if (effect.message.type === "peer-joined") {
        expect(roster).not.toContain(effect.message.payload.peer.id);
        roster?.add(effect.message.payload.peer.id);
      } else if (effect.message.type === "peer-left") {
        expect(roster).toContain(effect.message.payload.peerId);
        roster?.delete(effect.message.payload.peerId);
      }
    }
  }
}

function countEvents(effects: readonly Effect[], name: string): number {
  return effects.filter((effect) => effect.type === "announce" && effect.event.name === name)
    .length;
}

it("J1, J2, R2, R3, R4, L5: no sequence of commands breaks a room", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      let room: Room | undefined;
      let revision = 0;
      let lastNews = 0;
      let members = 0;
      const rosters = new Map<string, Roster>();
      const waiting = new Set<string>();

      commands.forEach((make, step) => {
        const before = room;
        const now = 1_000 * (step + 1);
        const decision = decide(before, make(now), here(now));
        if (decision instanceof ProtocolError) return;
        room = decision.room;

        if (room === before) expect(decision.effects).toEqual([]);
        else if (room) {
          expect(room.revision).toBeGreaterThan(revision);
          revision = room.revision;
        }
        expect(room?.members.length).not.toBe(0);
        expect(room?.members.length ?? 0).toBeLessThanOrEqual(CAPACITY);
        expect(JSON.parse(JSON.stringify(room ?? null))).toEqual(room ?? null);

        for (const { tokenHash, previousTokenHash } of room?.members ?? []) {
          expect(previousTokenHash).not.toBe(tokenHash);
        }

        hear(rosters, decision.effects);
        const ids = room?.members.map(({ peer }) => peer.id) ?? [];
        for (const id of rosters.keys()) if (!ids.includes(id)) rosters.delete(id);
        for (const [id, roster] of rosters) {
          expect([...roster].sort()).toEqual(ids.filter((other) => other !== id).sort());
        }

        members += countEvents(decision.effects, "peerJoined");
        members -= countEvents(decision.effects, "peerLeft");
        expect(members).toBe(ids.length);
        const opened = countEvents(decision.effects, "roomOpened");
        expect(opened - countEvents(decision.effects, "roomClosed")).toBe(
          Number(room !== undefined) - Number(before !== undefined),
        );

        for (const effect of decision.effects) {
          if (effect.type === "announce" && "revision" in effect.event.payload) {
            expect(effect.event.payload.revision).toBeGreaterThan(lastNews);
            lastNews = effect.event.payload.revision;
          }
          if (effect.type === "start-grace") waiting.add(effect.connection);
          if (effect.type === "end-grace") waiting.delete(effect.lost);
        }
        const command = make(0);
        if (command.type === "grace-expired") waiting.delete(command.connection);
        const away = room?.members.flatMap(({ presence }) =>
          presence.state === "away" ? [presence.lost] : [],
        );
        expect([...waiting].sort()).toEqual((away ?? []).sort());
      });
    }),
    { numRuns: 500 },
  );
});
