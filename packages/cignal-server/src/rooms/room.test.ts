import { ProtocolError } from "@cignal/protocol";
import { describe, expect, it } from "vitest";

import { here } from "../../test/here.js";
import type { Command, Decision, Effect, JoinCommand } from "./command.js";

import { decide } from "./room.js";
import type { AbsenceReason, Room } from "./room-state.js";

const NOW = 1_700_000_000_000;

function join(peerId: string, more: Partial<JoinCommand> = {}): JoinCommand {
  return {
    type: "join",
    roomId: "r",
    peer: { id: peerId, name: `${peerId}'s name` },
    session: { socketId: `${peerId}'s id`, address: "::1" },
    connection: `${peerId}-1`,
    newTokenHash: `hash of ${peerId}`,
    proves: () => false,
    capacity: 2,
    now: NOW,
    ...more,
  };
}

const resume = (peerId: string, connection: string, more: Partial<JoinCommand> = {}) =>
  join(peerId, { connection, proves: (hash) => hash === `hash of ${peerId}`, ...more });

/** Resumes with one token and is given the next one. */
const resumeWith = (token: string, next: string, connection: string) =>
  resume("a", connection, { proves: (hash) => hash === token, newTokenHash: next });

function accept(room: Room | undefined, command: Command): Decision {
  const decision = decide(room, command, here(NOW));
  if (decision instanceof ProtocolError) throw decision;
  return decision;
}

/** The room after commands that must all be accepted. */
function after(...commands: Command[]): Room | undefined {
  return commands.reduce<Room | undefined>(
    (room, command) => accept(room, command).room,
    undefined,
  );
}

const effectsOf = <Type extends Effect["type"]>({ effects }: Decision, type: Type) =>
  effects.filter((effect): effect is Extract<Effect, { type: Type }> => effect.type === type);

const told = (decision: Decision) =>
  effectsOf(decision, "tell").flatMap(({ to, message }) =>
    to.map(({ peer }) => [peer.id, message.type, message.payload]),
  );

const announced = (decision: Decision) =>
  effectsOf(decision, "announce").map(({ event }) => [event.name, event.payload]);

const refusal = (room: Room | undefined, command: Command) => {
  const decision = decide(room, command, here(NOW));
  return decision instanceof ProtocolError ? decision.code : "accepted";
};

const names = (room: Room | undefined) => room?.members.map(({ peer }) => peer.id);

const lose = (
  peerId: string,
  connection = `${peerId}-1`,
  reason: AbsenceReason = "timeout",
): Command => ({ type: "connection-lost", peerId, connection, reason });
const confirm = (peerId: string, connection: string): Command => ({
  type: "confirm",
  peerId,
  connection,
});
const expire = (peerId: string, connection = `${peerId}-1`, now = NOW): Command => ({
  type: "grace-expired",
  peerId,
  connection,
  now,
});
const leave = (peerId: string, connection = `${peerId}-1`): Command => ({
  type: "leave",
  peerId,
  connection,
});

describe("joining", () => {
  it("J1: the first to join makes the room", () => {
    const decision = accept(undefined, join("a"));
    expect(names(decision.room)).toEqual(["a"]);
    expect(announced(decision)).toEqual([
      ["roomOpened", { roomId: "r" }],
      [
        "peerJoined",
        {
          roomId: "r",
          peer: { id: "a", name: "a's name", host: true },
          session: { socketId: "a's id", address: "::1" },
          size: 1,
          revision: NOW,
        },
      ],
    ]);
  });

  it("J1: the last to leave ends the room", () => {
    const decision = accept(after(join("a")), leave("a"));
    expect(decision.room).toBeUndefined();
    expect(announced(decision).map(([name]) => name)).toEqual(["peerLeft", "roomClosed"]);
  });

  it("J2: one more than the capacity is refused", () => {
    const room = after(join("a"), join("b"));
    expect(refusal(room, join("c"))).toBe("room-full");
    expect(refusal(room, join("c", { capacity: 3 }))).toBe("accepted");
  });

  it("M4: who may not open a room may enter one", () => {
    const mayNotOpen = new ProtocolError("rate-limited", "Wait.");
    expect(refusal(undefined, join("a", { mayNotOpen }))).toBe("rate-limited");
    expect(refusal(after(join("a")), join("b", { mayNotOpen }))).toBe("accepted");
  });

  it("J2: a member within its grace period counts", () => {
    const room = after(join("a"), join("b"), lose("b"));
    expect(refusal(room, join("c"))).toBe("room-full");
  });

  it("J3: a peer id that is taken is refused, also in a full room", () => {
    const taken = join("a", { connection: "stranger" });
    expect(refusal(after(join("a")), taken)).toBe("peer-id-taken");
    expect(refusal(after(join("a"), join("b")), taken)).toBe("peer-id-taken");
  });

  it("H3: the welcome lists the others in the order in which they came", () => {
    const room = after(join("b", { capacity: 3 }), join("a", { capacity: 3 }));
    const [welcome] = effectsOf(accept(room, join("c", { capacity: 3 })), "welcome");
    expect(welcome?.welcome.peers.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(welcome?.welcome.you.id).toBe("c");
  });
});

describe("the roster", () => {
  it("R1: nothing but id, name and role of a member gets out", () => {
    const peer = { id: "b", name: "Bo", role: "doctor" };
    const decision = accept(after(join("a")), join("b", { peer }));
    expect(told(decision)).toEqual([["a", "peer-joined", { peer, revision: NOW + 1 }]]);
    expect(JSON.stringify(told(decision))).not.toContain("hash");
  });

  it("R2: each change raises the revision by one", () => {
    const commands = [
      join("a"),
      join("b"),
      lose("b"),
      resume("b", "b-2"),
      { type: "set-ice-servers", iceServers: [] } as const,
      leave("b", "b-2"),
    ];
    const revisions = commands.map((_, i) => after(...commands.slice(0, i + 1))?.revision);
    expect(revisions).toEqual([0, 1, 2, 3, 4, 5].map((i) => NOW + i));
  });

  it("R2: a room that is made again goes on above its old revisions", () => {
    const first = after(join("a"), lose("a"), resume("a", "a-2"));
    const second = after(join("a", { now: NOW + 1000 }));
    expect(second?.revision).toBeGreaterThan(first?.revision ?? 0);
  });

  it("R3: nobody is told of a resume", () => {
    expect(told(accept(after(join("a"), join("b"), lose("b")), resume("b", "b-2")))).toEqual([]);
  });

  it("R4: each remaining member is told why somebody is gone", () => {
    const three = [
      join("a", { capacity: 3 }),
      join("b", { capacity: 3 }),
      join("c", { capacity: 3 }),
    ];
    const left = { peerId: "b", reason: "left", revision: NOW + 3 };
    expect(told(accept(after(...three), leave("b")))).toEqual([
      ["a", "peer-left", left],
      ["c", "peer-left", left],
    ]);
  });
});

describe("leaving", () => {
  it("L1: leaving frees the place at once", () => {
    expect(refusal(after(join("a"), join("b"), leave("b")), join("c"))).toBe("accepted");
  });

  it("L3: a lost connection starts the grace period and tells nobody", () => {
    const decision = accept(after(join("a"), join("b")), lose("b"));
    expect(names(decision.room)).toEqual(["a", "b"]);
    expect(decision.effects).toEqual([
      {
        type: "start-grace",
        peerId: "b",
        connection: "b-1",
        until: NOW + 30_000,
      },
    ]);
  });

  it("L7: who said that the page goes away is gone as one who left", () => {
    const decision = accept(after(join("a"), join("b")), lose("b", "b-1", "left"));
    expect(decision.effects).toEqual([
      { type: "start-grace", peerId: "b", connection: "b-1", until: NOW + 5_000 },
    ]);
    expect(told(accept(decision.room, expire("b")))).toEqual([
      ["a", "peer-left", { peerId: "b", reason: "left", revision: NOW + 3 }],
    ]);
  });

  it("L3: the end of the grace period ends the membership, once", () => {
    const decision = accept(after(join("a"), join("b"), lose("b")), expire("b"));
    expect(told(decision)).toEqual([
      ["a", "peer-left", { peerId: "b", reason: "timeout", revision: NOW + 3 }],
    ]);
    expect(accept(decision.room, expire("b"))).toEqual({ room: decision.room, effects: [] });
  });

  it("L4: the right token resumes, keeps name and place, and ends the grace period", () => {
    const room = after(join("a"), join("b"), lose("a"));
    const again = { ...resume("a", "a-2"), peer: { id: "a", name: "another name" } };
    const decision = accept(room, again);
    expect(names(decision.room)).toEqual(["a", "b"]);
    const [welcome] = effectsOf(decision, "welcome");
    expect(welcome?.welcome).toMatchObject({ resumed: true, you: { name: "a's name" } });
    expect(effectsOf(decision, "end-grace")).toEqual([
      { type: "end-grace", peerId: "a", lost: "a-1" },
    ]);
    expect(announced(decision)).toEqual([]);
  });

  it("L4: who resumes while the old connection is open takes over, and the old one is dismissed", () => {
    const decision = accept(after(join("a")), resume("a", "a-2"));
    expect(effectsOf(decision, "dismiss")).toEqual([
      { type: "dismiss", connection: "a-1", code: "resumed-elsewhere" },
    ]);
  });

  it("L4: what is still heard of an old connection after a takeover changes nothing", () => {
    const room = after(join("a"), resume("a", "a-2"));
    for (const late of [lose("a"), leave("a"), expire("a")]) {
      expect(accept(room, late)).toEqual({ room, effects: [] });
    }
  });

  it("L4: a grace period that ends after a resume changes nothing, also when the peer is away again", () => {
    const back = after(join("a"), lose("a"), resume("a", "a-2"));
    expect(accept(back, expire("a")).room).toBe(back);
    const awayAgain = after(join("a"), lose("a"), resume("a", "a-2"), lose("a", "a-2"));
    expect(accept(awayAgain, expire("a")).room).toBe(awayAgain);
    expect(accept(awayAgain, expire("a", "a-2")).room).toBeUndefined();
  });

  it("L4: a wrong token is refused, a token of a membership that has ended is ignored", () => {
    const wrong = join("a", { connection: "x", proves: (hash) => hash === "hash of b" });
    expect(refusal(after(join("a")), wrong)).toBe("peer-id-taken");
    const [welcome] = effectsOf(accept(undefined, resume("a", "a-2")), "welcome");
    expect(welcome?.welcome.resumed).toBe(false);
  });

  it("L5: a welcome that is lost locks nobody out, and what is sent after one voids the old token", () => {
    const resumed = after(join("a", { newTokenHash: "T1" }), resumeWith("T1", "T2", "a-2"));
    const again = after(
      join("a", { newTokenHash: "T1" }),
      resumeWith("T1", "T2", "a-2"),
      resumeWith("T1", "T3", "a-3"),
    );
    for (const token of ["T1", "T2"]) {
      expect(refusal(resumed, resumeWith(token, "T4", "a-4"))).toBe("accepted");
    }
    for (const token of ["T1", "T3"]) {
      expect(refusal(again, resumeWith(token, "T4", "a-4"))).toBe("accepted");
    }
    expect(refusal(again, resumeWith("T2", "T4", "a-4"))).toBe("peer-id-taken");
    const confirmed = accept(again, confirm("a", "a-3"));
    expect(confirmed.effects).toEqual([]);
    expect(JSON.stringify(confirmed.room)).not.toContain("T1");
    expect(refusal(confirmed.room, resumeWith("T1", "T4", "a-4"))).toBe("peer-id-taken");
    expect(refusal(confirmed.room, resumeWith("T3", "T4", "a-4"))).toBe("accepted");
  });

  it("L5: the old token stays valid while nothing was sent, also when the new connection is lost", () => {
    const room = after(join("a"), resume("a", "a-2", { newTokenHash: "T2" }), lose("a", "a-2"));
    expect(refusal(room, resume("a", "a-3"))).toBe("accepted");
  });

  it("L5: what an old connection sends, or one that did not resume, confirms nothing", () => {
    const joined = after(join("a"));
    expect(accept(joined, confirm("a", "a-1"))).toEqual({ room: joined, effects: [] });
    const resumed = after(join("a"), resume("a", "a-2"));
    expect(accept(resumed, confirm("a", "a-1"))).toEqual({ room: resumed, effects: [] });
  });

  it("L4: a membership keeps its id when it is resumed, from wherever", () => {
    const session = { socketId: "another id", address: "192.0.2.1" };
    const room = after(join("a"), resume("a", "a-2", { session }));
    expect(room?.members[0]?.session).toEqual({ socketId: "a's id", address: "192.0.2.1" });
  });

  it("R1, C5: who resumes with a wish for privacy is no longer told about, whoever knows them", () => {
    const about = { network: "wifi" };
    const peer = (more: object) => ({ id: "a", name: "Ann", ...more });
    const open = join("a", { peer: peer({ about }) });
    for (const standing of [undefined, { role: "host" }]) {
      const asks = resume("a", "a-2", { standing, peer: peer({ relayOnly: true }) });
      const forgets = resume("a", "a-3", {
        standing,
        peer: peer({ about }),
        proves: () => true,
      });
      expect(after(open)?.members[0]?.peer.about).toEqual(about);
      expect(after(open, asks)?.members[0]?.peer).not.toHaveProperty("about");
      expect(after(open, asks, forgets)?.members[0]?.peer).not.toHaveProperty("about");
    }
  });

  it("C5: who resumes may ask for privacy, and cannot take it back", () => {
    const relayOnly = { peer: { id: "a", name: "Ann", relayOnly: true } };
    const asked = after(join("a"), resume("a", "a-2", relayOnly));
    expect(asked?.members[0]?.peer).toMatchObject({ id: "a", name: "a's name", relayOnly: true });
    const taken = after(join("a", relayOnly), resume("a", "a-2"));
    expect(taken?.members[0]?.peer.relayOnly).toBe(true);
  });

  it("L6: closing dismisses who is connected, forgets who is away, and announces each", () => {
    const decision = accept(after(join("a"), join("b"), lose("b")), {
      type: "close",
      code: "room-closed",
    });
    expect(decision.room).toBeUndefined();
    expect(effectsOf(decision, "dismiss")).toEqual([
      { type: "dismiss", connection: "a-1", code: "room-closed" },
    ]);
    expect(effectsOf(decision, "end-grace")).toEqual([
      { type: "end-grace", peerId: "b", lost: "b-1" },
    ]);
    expect(announced(decision).map(([name]) => name)).toEqual([
      "peerLeft",
      "peerLeft",
      "roomClosed",
    ]);
  });
});

describe("ICE servers", () => {
  const iceServers = [{ urls: "stun:stun.example.org" }];
  const set = (connection: string): Command => ({
    type: "set-ice-servers",
    iceServers,
    by: { peerId: "a", connection },
  });

  it("C2: every member gets the new list, and so does who joins later", () => {
    const decision = accept(after(join("a")), set("a-1"));
    expect(told(decision)).toEqual([["a", "ice-servers", { iceServers }]]);
    const [welcome] = effectsOf(accept(decision.room, join("b")), "welcome");
    expect(welcome?.welcome.iceServers).toEqual(iceServers);
  });

  it("C2: the list is forgotten with the room", () => {
    const [welcome] = effectsOf(
      accept(after(join("a"), set("a-1"), leave("a")), join("b")),
      "welcome",
    );
    expect(welcome?.welcome.iceServers).toBeUndefined();
  });

  it("C2: who is no member any more, or over an old connection, sets nothing", () => {
    expect(refusal(after(join("b")), set("a-1"))).toBe("not-joined");
    expect(refusal(after(join("a"), resume("a", "a-2")), set("a-1"))).toBe("not-joined");
    expect(refusal(undefined, set("a-1"))).toBe("not-joined");
  });
});

it("commands for a room that does not exist change nothing", () => {
  for (const command of [
    leave("a"),
    lose("a"),
    confirm("a", "a-1"),
    expire("a"),
    { type: "expire", peerId: "a", connection: "a-1" },
    { type: "close", code: "room-closed" },
    { type: "set-ice-servers", iceServers: [] },
    { type: "evacuate" },
    { type: "take-over", from: "n" },
  ] satisfies Command[]) {
    expect(decide(undefined, command, here(NOW))).toEqual({ room: undefined, effects: [] });
  }
});
