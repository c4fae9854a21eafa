import { ProtocolError } from "@cignal/protocol";
import { describe, expect, it } from "vitest";
import { here } from "../../test/here.js";
import type { Command, JoinCommand } from "./command.js";
import { decide } from "./room.js";
import type { Room, Standing } from "./room-state.js";

const NOW = 1_000;
const EXPIRY = 2_000;

function join(standing?: Standing, more: Partial<JoinCommand> = {}): JoinCommand {
  return {
    type: "join",
    roomId: "r",
    peer: { id: "a", name: "Ann", role: "guest" },
    standing,
    session: { socketId: "s", address: "::1" },
    connection: "a-1",
    newTokenHash: "T1",
    proves: () => false,
    capacity: 2,
    now: 1_000,
    ...more,
  };
}

const resume = (standing?: Standing, more: Partial<JoinCommand> = {}) =>
  join(standing, { connection: "a-2", newTokenHash: "T2", proves: () => true, ...more });

const sender = { peerId: "a", connection: "a-1" };
const expire: Command = { type: "expire", ...sender };
const lose: Command = { type: "connection-lost", reason: "timeout", ...sender };

function after(room: Room | undefined, ...commands: Command[]) {
  return commands.reduce<ReturnType<typeof decide>>(
    (last, command) =>
      last instanceof ProtocolError ? last : decide(last.room, command, here(NOW)),
    { room, effects: [] },
  );
}

function memberAfter(...commands: Command[]) {
  const decision = after(undefined, ...commands);
  if (decision instanceof ProtocolError) throw decision;
  return decision.room?.members[0];
}

describe("what the server knows of a member", () => {
  it("R1, H9: is told to nobody, and kept nowhere if there is nothing", () => {
    const standing = { role: "host", userId: "secret", expiresAt: EXPIRY };
    const room = after(undefined, join(standing));
    expect(room).toMatchObject({ room: { members: [{ standing }] } });
    const { effects } = room as Exclude<typeof room, ProtocolError>;
    const told = effects.filter(({ type }) => type !== "announce");
    expect(JSON.stringify(told)).not.toMatch(/secret|expiresAt|standing/);
    expect(memberAfter(join())).not.toHaveProperty("standing");
  });

  it("L4: is, after a resume, what it knows then, name and role included", () => {
    const before: Standing = { role: "host", userId: "7", expiresAt: EXPIRY };
    const now: Standing = { userId: "7", expiresAt: EXPIRY + 1 };
    const peer = { id: "a", name: "Ann B." };
    expect(memberAfter(join(before), resume(now, { peer }))).toMatchObject({
      peer,
      standing: now,
    });
    expect(memberAfter(join(before), resume(now, { peer }))?.peer).not.toHaveProperty("role");
  });

  it("L4: gives no right to who resumes where nobody is asked any more", () => {
    const member = memberAfter(join({ role: "host" }), resume());
    expect(member).not.toHaveProperty("standing");
    expect(member?.peer.role).toBe("guest");
  });

  it("L4: lets nobody else resume, whatever token they have", () => {
    const mallory = after(undefined, join({ userId: "7" }), resume({ userId: "8" }));
    expect(mallory).toMatchObject({ code: "peer-id-taken" });
    expect(after(undefined, join({ userId: "7" }), resume({}))).toMatchObject({
      code: "peer-id-taken",
    });
  });
});

describe("when that expires", () => {
  it("L8: the connection is closed, nobody is told, and the place is kept for a while", () => {
    expect(after(undefined, join({ expiresAt: EXPIRY }), expire)).toMatchObject({
      room: { members: [{ presence: { state: "away", lost: "a-1", reason: "removed" } }] },
      effects: [
        { type: "dismiss", connection: "a-1", code: "token-expired" },
        { type: "start-grace", ...sender, until: EXPIRY + 10_000 },
      ],
    });
  });

  it("L8: who comes back with something newer goes on", () => {
    const member = memberAfter(join({ expiresAt: EXPIRY }), expire, resume({ expiresAt: 9_000 }));
    expect(member).toMatchObject({
      standing: { expiresAt: 9_000 },
      presence: { state: "connected", connection: "a-2" },
    });
  });

  it("L8: an older connection of who has come back is not asked any more", () => {
    const renewed = after(undefined, join({ expiresAt: EXPIRY }), resume({ expiresAt: 9_000 }));
    const { room } = renewed as Exclude<typeof renewed, ProtocolError>;
    expect(after(room, expire)).toEqual({ room, effects: [] });
  });

  it("L8: who is away meanwhile has been put out, and has not just been lost", () => {
    const reasonAt = (now: number) => {
      const bob = join(undefined, { peer: { id: "b", name: "Bob" }, connection: "b-1" });
      const end: Command = { type: "grace-expired", now, ...sender };
      const decision = after(undefined, join({ expiresAt: EXPIRY }), bob, lose, end);
      return (decision as Exclude<typeof decision, ProtocolError>).effects.flatMap((effect) =>
        effect.type === "tell" ? [effect.message.payload] : [],
      );
    };
    expect(reasonAt(EXPIRY - 1)).toMatchObject([{ peerId: "a", reason: "timeout" }]);
    expect(reasonAt(EXPIRY)).toMatchObject([{ peerId: "a", reason: "removed" }]);
  });
});
