import { ProtocolError } from "@cignal/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { here } from "../../test/here.js";
import type { Command, Effect } from "./command.js";
import { decide } from "./room.js";
import type { Room, Standing } from "./room-state.js";
import { placesTaken } from "./rules/host-wait.js";

const CAPACITY = 3;

const peerId = fc.constantFrom("a", "b", "c", "d", "e");
const connection = fc.constantFrom("1", "2");

type Make = (now: number) => Command;

/** @param standing - of each peer, if the server asks who they are */
function commands(standing: fc.Arbitrary<Standing | undefined>): fc.Arbitrary<Make> {
  const sender = fc.record({ peerId, connection });
  const by = sender.map(({ peerId, connection }) => ({
    peerId,
    connection: `${peerId}-${connection}`,
  }));
  const join = fc
    .record({
      peerId,
      connection,
      standing,
      proves: fc.boolean(),
      knock: fc.boolean(),
      enter: fc.constantFrom(undefined, undefined, "open" as const, "join" as const),
      fits: fc.boolean(),
    })
    .map(
      ({ peerId, connection, standing, proves, knock, enter, fits }): Make =>
        (now) => ({
          type: "join",
          roomId: "r",
          peer: { id: peerId, name: peerId },
          standing,
          session: { socketId: `session ${now}`, address: "192.0.2.9" },
          connection: `${peerId}-${connection}`,
          newTokenHash: `hash ${now}`,
          proves: () => proves,
          capacity: CAPACITY,
          now,
          knock,
          enter,
          triesPassword: fits,
          fittingHash: fits ? "hash" : undefined,
          waitForHost: true,
          hideInspectors: true,
        }),
    );
  const asked = fc
    .record({
      type: fc.constantFrom("admit", "turn-away", "remove", "transfer-host" as const),
      by,
      peerId,
    })
    .map(
      ({ type, by, peerId }): Make =>
        () =>
          ({ type, by, peerId, capacity: CAPACITY }) as Command,
    );
  return fc.oneof(
    { weight: 6, arbitrary: join },
    { weight: 3, arbitrary: asked },
    {
      weight: 2,
      arbitrary: fc.record({ by, locked: fc.boolean() }).map(
        ({ by, locked }): Make =>
          () => ({ type: "set-lock", by, locked }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record({ by, hash: fc.constantFrom("hash", undefined) }).map(
        ({ by, hash }): Make =>
          () => ({ type: "set-password", by, hash }),
      ),
    },
    {
      weight: 1,
      arbitrary: by.map(
        (by): Make =>
          () => ({ type: "update", by, change: { name: "x" } }),
      ),
    },
    {
      weight: 1,
      arbitrary: by.map(
        (by): Make =>
          () => ({ type: "end-room", by }),
      ),
    },
    {
      weight: 1,
      arbitrary: by.map(
        ({ connection }): Make =>
          () => ({ type: "stop-waiting", connection }),
      ),
    },
    ...(["leave", "grace-expired", "connection-lost"] as const).map((type) => ({
      weight: 2,
      arbitrary: by.map(
        (by): Make =>
          (now) => ({ type, ...by, now, reason: "timeout" as const }),
      ),
    })),
  );
}

const messageOf = (effect: Effect) => (effect.type === "tell" ? effect.message : undefined);

/** Who is outside hears nothing of the room, and only hosts hear who knocks. */
function checkTold(room: Room | undefined, effects: readonly Effect[]): void {
  const outside = new Set(room?.waiting?.map(({ connection }) => connection));
  for (const effect of effects) {
    if (effect.type !== "tell") continue;
    for (const { presence, peer } of effect.to) {
      if (presence.state === "connected") expect(outside).not.toContain(presence.connection);
      if (effect.message.type.startsWith("knock")) expect(peer.host).toBe(true);
    }
  }
}

function run(
  makes: readonly Make[],
  check: (room: Room | undefined, effects: readonly Effect[], command: Command) => void,
): void {
  let room: Room | undefined;
  makes.forEach((make, step) => {
    const command = make(1_000 * (step + 1));
    const decision = decide(room, command, here(1_000 * (step + 1)));
    if (decision instanceof ProtocolError) return;
    if (decision.room && decision.room !== room) {
      expect(decision.room.revision).toBeGreaterThan(room?.revision ?? 0);
    }
    room = decision.room;
    check(room, decision.effects, command);
  });
}

it("O1: where nobody is asked who they are, a room has exactly one host at any time", () => {
  fc.assert(
    fc.property(fc.array(commands(fc.constant(undefined)), { maxLength: 60 }), (makes) => {
      run(makes, (room) => {
        const hosts = room?.members.filter(({ peer }) => peer.host) ?? [];
        expect(hosts).toHaveLength(room ? 1 : 0);
      });
    }),
    { numRuns: 500 },
  );
});

const standing = fc.constantFrom<Standing>(
  { role: "host" },
  {},
  {},
  { userId: "7" },
  { role: "inspector" },
);

it("J1, J2, O4, O5, O12: no sequence of commands breaks places, doors or what is invisible", () => {
  fc.assert(
    fc.property(fc.array(commands(standing), { maxLength: 60 }), (makes) => {
      run(makes, (room, effects, command) => {
        expect(JSON.parse(JSON.stringify(room ?? null))).toEqual(room ?? null);
        if (room) {
          expect(placesTaken(room)).toBeLessThanOrEqual(CAPACITY);
          expect(room.members.length + (room.waiting?.length ?? 0)).toBeGreaterThan(0);
        }
        const waiting = room?.waiting ?? [];
        expect(new Set(waiting.map(({ peer }) => peer.id)).size).toBe(waiting.length);
        checkTold(room, effects);
        for (const effect of effects) {
          // Who is called in over this connection finds a place, if one was kept.
          if (effect.type === "call-in") {
            const kept = waiting.find((each) => each.connection === effect.connection);
            expect(kept?.admitted ?? true).toBe(true);
          }
          if (effect.type === "welcome" && !effect.welcome.you.inspector) {
            expect(effect.welcome.peers.some(({ inspector }) => inspector)).toBe(false);
          }
          if (effect.type === "wait") {
            expect(command.type).toBe("join");
            expect(effects.some(({ type }) => type === "welcome")).toBe(false);
          }
        }
        const told = effects.filter(({ type }) => type === "tell" || type === "announce");
        const said = told.map((effect) => ("event" in effect ? effect.event : messageOf(effect)));
        expect(JSON.stringify(said)).not.toContain('"inspector"');
      });
    }),
    { numRuns: 500 },
  );
});
