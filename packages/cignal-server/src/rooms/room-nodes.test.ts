import { ProtocolError } from "@cignal/protocol";
import { describe, expect, it } from "vitest";
import { here } from "../../test/here.js";
import type { Command, Decision } from "./command.js";
import { decide } from "./room.js";
import type { Member, Presence, Room } from "./room-state.js";

const NOW = 1_700_000_000_000;
const GRACE = 30_000;

const connected = (connection: string, node: string): Presence => ({
  state: "connected",
  connection,
  node,
});
const away = (lost: string, node: string, until = NOW + 5_000): Presence => ({
  state: "away",
  lost,
  reason: "left",
  node,
  until,
});

const member = (id: string, presence: Presence, joinedAt = 1): Member => ({
  peer: { id, name: id },
  session: { socketId: `s-${id}`, address: "::1" },
  tokenHash: `hash of ${id}`,
  joinedAt,
  presence,
});

const room = (members: readonly Member[], more: Partial<Room> = {}): Room => ({
  id: "r",
  openedAt: 1,
  revision: 7,
  members,
  ...more,
});

function accept(before: Room | undefined, command: Command, node = "n"): Decision {
  const decision = decide(before, command, here(NOW, { node }));
  if (decision instanceof ProtocolError) throw decision;
  return decision;
}

const presences = ({ room }: Decision) => room?.members.map(({ presence }) => presence);

const restore = (known: Room, open: readonly string[], capacity = 2): Command => ({
  type: "restore",
  known,
  isHere: (connection) => open.includes(connection),
  capacity,
});

const lost = (connection: string, until = NOW + GRACE): Presence => ({
  state: "away",
  lost: connection,
  reason: "timeout",
  node: "n",
  until,
});

describe("a node that ends", () => {
  it("L6: sends its members to other nodes, and keeps their places", () => {
    const before = room([
      member("a", connected("a-1", "n")),
      member("b", connected("b-1", "other")),
      member("c", away("c-1", "n")),
    ]);
    const decision = accept(before, { type: "evacuate" });
    expect(presences(decision)).toEqual([lost("a-1"), connected("b-1", "other"), away("c-1", "n")]);
    expect(decision.room?.revision).toBe(8);
    expect(decision.effects).toEqual([
      { type: "dismiss", connection: "a-1", code: "server-closing" },
    ]);
  });

  it("without a word: another one sees to the ends of all absences, and tells nobody", () => {
    const before = room([
      member("a", connected("a-1", "dead")),
      member("b", connected("b-1", "n")),
      member("c", away("c-1", "dead")),
    ]);
    const decision = accept(before, { type: "take-over", from: "dead" });
    expect(presences(decision)).toEqual([lost("a-1"), connected("b-1", "n"), away("c-1", "n")]);
    expect(decision.effects).toEqual([
      { type: "start-grace", peerId: "a", connection: "a-1", until: NOW + GRACE },
      { type: "start-grace", peerId: "c", connection: "c-1", until: NOW + 5_000 },
    ]);
    expect(accept(decision.room, { type: "take-over", from: "dead" }).room).toBe(decision.room);
  });

  it("L4: whose member has come back to another one is not asked any more", () => {
    const before = room([member("a", connected("a-2", "other"))]);
    expect(accept(before, { type: "take-over", from: "dead" }).room).toBe(before);
  });
});

describe("a room that the store has lost", () => {
  const known = room([
    member("a", connected("a-1", "n"), 1),
    member("b", connected("b-1", "other"), 2),
    member("c", connected("c-1", "n"), 3),
  ]);

  it("R2: is written anew by who knows it, with a revision beyond all that were", () => {
    const decision = accept(undefined, restore(known, ["a-1"]));
    expect(decision.room).toMatchObject({ id: "r", openedAt: 1, revision: NOW, restored: true });
    expect(presences(decision)).toEqual([connected("a-1", "n"), lost("b-1"), lost("c-1")]);
  });

  it("keeps the places of members of other nodes until those can have said that they are there", () => {
    const decision = decide(undefined, restore(known, ["a-1"]), {
      ...here(NOW, { node: "n" }),
      gracePeriodMs: 0,
    });
    if (decision instanceof ProtocolError) throw decision;
    expect(presences(decision)).toEqual([
      connected("a-1", "n"),
      lost("b-1", NOW + 15_000),
      lost("c-1", NOW),
    ]);
  });

  it("J2: gets back whom the other node did not know, as far as there are places", () => {
    const first = accept(undefined, restore(room([member("a", connected("a-1", "n"))]), ["a-1"]));
    const knownElsewhere = room([
      member("z", connected("z-1", "other"), 0),
      member("a", connected("a-1", "n"), 1),
      member("b", connected("b-1", "other"), 2),
    ]);
    const second = accept(first.room, restore(knownElsewhere, ["z-1", "b-1"]), "other");
    expect(second.room?.members.map(({ peer }) => peer.id)).toEqual(["z", "a"]);
    expect(second.effects).toEqual([{ type: "dismiss", connection: "b-1", code: "unavailable" }]);
  });
});

describe("a node that others have given up on", () => {
  it("puts back who is still there, as the store has them", () => {
    const taken = room([{ ...member("a", lost("a-1")), tokenHash: "newer" }]);
    const known = room([member("a", connected("a-1", "n"))]);
    const decision = accept(taken, restore(known, ["a-1"]));
    expect(decision.room?.members).toEqual([
      { ...member("a", connected("a-1", "n")), tokenHash: "newer" },
    ]);
    expect(decision.effects).toEqual([]);
  });

  it("L6: closes the socket of who was removed meanwhile, to come back anew", () => {
    const known = room([member("a", connected("a-1", "n")), member("b", connected("b-1", "x"))]);
    const without = room([member("b", connected("b-1", "x"))]);
    const decision = accept(without, restore(known, ["a-1"]));
    expect(decision.effects).toEqual([{ type: "dismiss", connection: "a-1", code: "unavailable" }]);
    expect(decision.room).toEqual({ ...without, revision: 8 });
  });

  it("L4: closes the socket of who is elsewhere by now, or was", () => {
    const known = room([member("a", connected("a-1", "n"))]);
    for (const presence of [connected("a-2", "other"), away("a-2", "other")]) {
      const decision = accept(room([member("a", presence)]), restore(known, ["a-1"]));
      expect(presences(decision)).toEqual([presence]);
      expect(decision.effects).toEqual([
        { type: "dismiss", connection: "a-1", code: "resumed-elsewhere" },
      ]);
    }
  });

  it("L3: starts the grace period of who is said to be here and is not", () => {
    const ghost = room([member("a", connected("a-1", "n"))]);
    const decision = accept(ghost, restore(ghost, []));
    expect(presences(decision)).toEqual([lost("a-1")]);
    expect(decision.effects).toMatchObject([{ type: "start-grace", connection: "a-1" }]);
  });

  it("changes nothing where nobody has touched its members", () => {
    const same = room([member("a", connected("a-1", "n")), member("b", away("b-1", "n"))]);
    expect(accept(same, restore(same, ["a-1"]))).toEqual({ room: same, effects: [] });
  });
});
