import { ProtocolError } from "@cignal/protocol";
import { expect, it, vi } from "vitest";
import type { Room } from "../rooms/room-state.js";
import { type Bearer, Passwords } from "./passwords.js";

const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

const member = {
  peer: { id: "a", name: "A", host: true },
  session: { socketId: "s", address: "192.0.2.9" },
  tokenHash: "t",
  joinedAt: 1,
  presence: { state: "connected", connection: "1", node: "n" },
} as const;

const room = (more: Partial<Room> = {}): Room => ({
  id: "r",
  openedAt: 1,
  revision: 1,
  members: [member],
  ...more,
});

const bearer = (more: Partial<Bearer> = {}): Bearer => ({
  roomId: "r",
  peer: { id: "b", name: "B" },
  connection: "2",
  knock: undefined,
  password: "right",
  address: "192.0.2.1",
  ...more,
});

async function hashOf(passwords: Passwords, password: string): Promise<string> {
  const hash = await passwords.hash(password);
  if (hash instanceof ProtocolError) throw hash;
  return hash;
}

it("O7: the same password has another hash each time, and fits both", async () => {
  const passwords = new Passwords(logger);
  const [one, other] = [await hashOf(passwords, "right"), await hashOf(passwords, "right")];
  expect(one).not.toBe(other);
  for (const password of [one, other]) {
    const terms = await passwords.termsOf(bearer(), room({ password }));
    expect(terms).toEqual({ triesPassword: true, fittingHash: password });
  }
});

it("O7: a wrong one fits nothing, and is not in the log", async () => {
  const passwords = new Passwords(logger);
  const password = await hashOf(passwords, "right");
  for (let i = 0; i < 12; i++) {
    await passwords.termsOf(bearer({ password: "s3cret" }), room({ password }));
  }
  const late = await passwords.termsOf(bearer(), room({ password }));
  expect(late).toMatchObject({ code: "rate-limited", retryAfterMs: expect.any(Number) });
  const elsewhere = bearer({ address: "198.51.100.7" });
  expect(await passwords.termsOf(elsewhere, room({ password }))).toMatchObject({
    fittingHash: password,
  });
  expect(JSON.stringify(logger.warn.mock.calls)).not.toContain("s3cret");
});

it("O7: all addresses together have a limit for one room", async () => {
  const passwords = new Passwords(logger);
  const password = await hashOf(passwords, "right");
  const tries = Array.from({ length: 101 }, (_, i) => {
    const address = `198.51.100.${i}`;
    return passwords.termsOf(bearer({ password: "x", address }), room({ password }));
  });
  expect((await Promise.all(tries)).at(-1)).toMatchObject({ code: "rate-limited" });
}, 30_000);

it("O7: nothing is hashed for who needs no password, or whom it does not help", async () => {
  const passwords = new Passwords(logger);
  const hash = vi.spyOn(passwords, "hash");
  const locked = room({ password: "scrypt x y", locked: true });
  const plain = { triesPassword: true };
  expect(await passwords.termsOf(bearer(), locked)).toEqual(plain);
  expect(await passwords.termsOf(bearer(), room())).toEqual(plain);
  const known = bearer({ standing: { role: "host" } });
  expect(await passwords.termsOf(known, room({ password: "scrypt x y" }))).toEqual(plain);
  const back = bearer({ peer: member.peer });
  expect(await passwords.termsOf(back, room({ password: "scrypt x y" }))).toEqual(plain);
  expect(await passwords.termsOf(bearer({ password: undefined }), undefined)).toEqual({});
  expect(hash).not.toHaveBeenCalled();
});

it("O7: no more than 32 passwords wait for the processor", async () => {
  const passwords = new Passwords(logger);
  const outcomes = await Promise.all(Array.from({ length: 38 }, () => passwords.hash("x")));
  const refused = outcomes.filter((outcome) => outcome instanceof ProtocolError);
  expect(refused.map(({ code }) => code)).toEqual(Array(6).fill("unavailable"));
}, 30_000);
