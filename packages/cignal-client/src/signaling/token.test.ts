import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, enter, start } from "../../test/enter-room.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tick = () => vi.advanceTimersByTimeAsync(0);
const EXPIRED = { code: "token-expired", message: "Expired." };

/** An answer that the test gives when it likes. */
function pending() {
  let resolve = (_token: string) => {};
  const answer = new Promise<string>((done) => {
    resolve = done;
  });
  return { answer, resolve };
}

describe("the token", () => {
  it("H8: is in the handshake, as it is given or as the app gets it", async () => {
    for (const token of ["t0ken", () => "t0ken", async () => "t0ken"]) {
      const { room, socket } = start({ token });
      socket.arrive();
      await tick();
      expect(socket.handshake).toMatchObject({ peerId: "me", token: "t0ken" });
      socket.welcome();
      await (await room).leaveRoom();
    }
  });

  it.each([undefined, null, ""])("H8: is not there where the app has none: %s", (token) => {
    const { socket, room } = start({ token });
    room.catch(() => {});
    socket.arrive();
    expect(socket.handshake).not.toHaveProperty("token");
  });

  it("H8: is asked for while the socket opens, anew at each attempt", async () => {
    let count = 0;
    const token = vi.fn(() => `token ${++count}`);
    const { room, socket } = start({ token });
    expect(token).toHaveBeenCalledOnce();
    socket.failToConnect("down");
    await vi.advanceTimersByTimeAsync(200);
    expect(token).toHaveBeenCalledTimes(2);
    socket.arrive();
    await tick();
    expect(socket.handshake).toMatchObject({ token: "token 2" });
    socket.welcome();
    await room;
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(200);
    socket.arrive();
    await tick();
    expect(socket.handshake).toMatchObject({ token: "token 3", resumeToken: "token-1" });
  });

  it("H8: that comes too late for its attempt is not used in the next one", async () => {
    const first = pending();
    const answers = [Promise.resolve("entered with"), first.answer, Promise.resolve("second")];
    const { socket } = await enterWith(() => answers.shift() ?? "third");
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(200);
    socket.arrive();
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(400);
    first.resolve("first");
    await tick();
    expect(socket.greetings).toBe(1);
    socket.arrive();
    await tick();
    expect(socket.greetings).toBe(2);
    expect(socket.handshake).toMatchObject({ token: "second" });
  });
});

/** A page that has entered with the first token that the function gives. */
async function enterWith(token: () => string | Promise<string>) {
  const { room, socket } = start({ token });
  socket.arrive();
  await tick();
  socket.welcome();
  return { cignal: await room, socket };
}

it("H9: a page that is alone in the room is called as the server knows it", async () => {
  const { room, socket } = start({ token: "t", peerName: "Root", role: "host" });
  socket.arrive();
  socket.welcome({ you: { id: "me", name: "Ann" } });
  const { state, data } = await room;
  expect(state.me).toEqual({ id: "me", name: "Ann" });
  expect(data).toMatchObject({ myDisplayName: "Ann", myRole: undefined });
});

describe("an app without a token", () => {
  it.each([
    () => {
      throw new Error("signed out");
    },
    () => Promise.reject(new Error("signed out")),
  ])("does not enter, and is told why", async (token) => {
    const { room, socket } = start({ token });
    await expect(room).rejects.toMatchObject({
      code: "token-failed",
      retryable: true,
      source: "client",
      cause: expect.objectContaining({ message: "signed out" }),
    });
    expect(socket.greetings).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stays in its call and asks again when it has lost the server", async () => {
    const answers = ["one", new Error("offline"), new Error("offline"), "two"];
    const token = vi.fn(async () => {
      const answer = answers.shift() ?? "three";
      if (answer instanceof Error) throw answer;
      return answer;
    });
    const { cignal, socket } = await enterWith(token);
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(token).toHaveBeenCalledTimes(4);
    expect(cignal.closed).toBe(false);
    socket.arrive();
    await tick();
    expect(socket.handshake).toMatchObject({ token: "two" });
    socket.welcome({ resumed: true });
    expect(cignal.state.signaling).toBe("joined");
  });

  it("that never answers is asked again after a while, with a new socket", async () => {
    const answers: (string | Promise<string>)[] = ["one", new Promise<string>(() => {})];
    const { cignal, socket } = await enterWith(() => answers.shift() ?? "two");
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(200);
    socket.arrive();
    await vi.advanceTimersByTimeAsync(15_500);
    socket.arrive();
    await tick();
    expect(socket.handshake).toMatchObject({ token: "two" });
    expect(cignal.closed).toBe(false);
  });
});

describe("a token that has expired", () => {
  it("L8: in the room, is replaced by a new one, and nothing else happens", async () => {
    const { cignal, socket, of } = await enter({ token: "string" });
    socket.receive("closed", { ...EXPIRED, retryAfterMs: 0 });
    socket.lose("io server disconnect");
    await vi.advanceTimersByTimeAsync(200);
    socket.arrive();
    socket.welcome({ peers: [bob], resumed: true });
    expect(cignal.state.signaling).toBe("joined");
    expect(of("serverError")).toEqual([]);
    expect(of("peerHangUp")).toEqual([]);
  });

  it("L8: ends the stay where there is no new one", async () => {
    const { cignal, socket, of } = await enter({ token: "string" });
    socket.receive("closed", { ...EXPIRED, retryAfterMs: 0 });
    socket.lose("io server disconnect");
    await vi.advanceTimersByTimeAsync(200);
    socket.arrive();
    socket.receive("refused", EXPIRED);
    await tick();
    expect(cignal.closed).toBe(true);
    expect(of("serverError")).toMatchObject([
      ["serverError", { reason: { code: "token-expired" } }],
    ]);
  });

  it("H10: lets nobody in, and a server that cannot find out is tried again only by who is in", async () => {
    const unavailable = { code: "unavailable", message: "Try again.", retryAfterMs: 1_000 };
    for (const refused of [EXPIRED, unavailable]) {
      const { room, socket } = start({ token: "t" });
      socket.arrive();
      socket.receive("refused", refused);
      await expect(room).rejects.toMatchObject({ code: refused.code, source: "server" });
    }
    const { cignal, socket } = await enter({ token: "t" });
    socket.lose("transport close");
    await vi.advanceTimersByTimeAsync(200);
    socket.arrive();
    socket.receive("refused", unavailable);
    socket.lose("io server disconnect");
    await vi.advanceTimersByTimeAsync(900);
    expect(socket.attempts).toBe(2);
    await vi.advanceTimersByTimeAsync(350);
    expect(socket.attempts).toBe(3);
    expect(cignal.closed).toBe(false);
  });
});
