import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PartRoom } from "../../../test/part-room.js";
import { type Chat, type ChatLine, type ChatOptions, openChat } from "./index.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const names = { ann: "Ann", bob: "Bob", carl: "Carl" };
const ann = { id: "ann", name: "Ann" };
const JPEG = new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])], { type: "image/jpeg" });

/** Chats of people in one room. */
function chats(options: ChatOptions, ...ids: (keyof typeof names)[]) {
  const room = new PartRoom();
  const enter = (id: keyof typeof names) => openChat(room.enter({ id, name: names[id] }), options);
  return { room, enter, all: ids.map(enter) as [Chat, Chat, Chat] };
}

const texts = (chat: Chat) => chat.lines.map(({ text, from }) => `${from.name}: ${text}`);

const line = (text: string, more: object = {}) => ({
  type: "line",
  line: { id: `id-of-${"x".repeat(16)}`, text, sentAt: 0, ...more },
});

describe("a chat", () => {
  it("T1: a line reaches everybody once, and stands with its sender at once", async () => {
    const { all } = chats({}, "ann", "bob", "carl");
    const heard = all.map((chat) => {
      const lines: ChatLine[] = [];
      chat.on("line", (said) => lines.push(said));
      return lines;
    });
    const sent = all[0].send("hello");
    await sent;
    expect(await sent).toEqual({ success: true });
    for (const [index, lines] of heard.entries()) {
      const own = index === 0;
      expect(lines).toMatchObject([{ text: "hello", from: ann, own, private: false }]);
    }
    expect(all.map((chat) => chat.lines.map(({ state }) => state))).toEqual([
      ["sent"],
      ["received"],
      ["received"],
    ]);
  });

  it("T1: a private line reaches one, and no history", async () => {
    const { all, enter } = chats({ history: true }, "ann", "bob");
    await all[0].send("between us", { to: "bob" });
    const [said] = all[1].lines;
    expect(said).toMatchObject({ text: "between us", private: true });
    const carl = enter("carl");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(texts(carl)).toEqual([]);
  });

  it("shows the same lines until something changes, and nobody can change them", async () => {
    const { all } = chats({}, "ann", "bob");
    await all[0].send("hello");
    const { lines } = all[0];
    expect(all[0].lines).toBe(lines);
    expect(Object.isFrozen(lines) && Object.isFrozen(lines[0])).toBe(true);
  });

  it("keeps the newest lines alone", async () => {
    const { all } = chats({ maxLines: 2 }, "ann", "bob");
    for (const text of ["1", "2", "3"]) await all[0].send(text);
    expect(texts(all[0])).toEqual(["Ann: 2", "Ann: 3"]);
    expect(texts(all[1])).toEqual(["Ann: 2", "Ann: 3"]);
  });

  it("a line that fails says so, and can be sent again, once", async () => {
    const { all, room } = chats({}, "ann", "bob");
    room.cutOff("ann");
    expect(await all[0].send("hello")).toMatchObject({
      success: false,
      error: { code: "timeout" },
    });
    expect(all[0].lines).toMatchObject([{ state: "failed" }]);
    room.cutOff("ann", false);
    const id = all[0].lines[0]?.id ?? "";
    expect(await all[0].resend(id)).toEqual({ success: true });
    expect(all[0].lines).toMatchObject([{ state: "sent" }]);
    expect(texts(all[1])).toEqual(["Ann: hello"]);
    expect(await all[0].resend(id)).toMatchObject({ error: { code: "bad-argument" } });
  });

  it("refuses what is no line, and keeps nothing of it", async () => {
    const { all } = chats({}, "ann");
    for (const text of ["", "x".repeat(8_193), 7 as never, undefined as never]) {
      expect(await all[0].send(text)).toMatchObject({ error: { code: "bad-argument" } });
    }
    const picture = new Blob(["<svg onload=alert(1)>"], { type: "image/jpeg" });
    expect(await all[0].send("hi", { picture })).toMatchObject({ error: { field: "picture" } });
    expect(await all[0].send("hi")).toMatchObject({ error: { code: "nobody-here" } });
    expect(all[0].lines).toEqual([]);
  });

  it("refuses a picture that is too large, is none or cannot be read, without reading it", async () => {
    const { all } = chats({}, "ann", "bob");
    const large = new Blob([new Uint8Array(18_001)], { type: "image/jpeg" });
    const read = vi.spyOn(large, "arrayBuffer");
    const gone = Object.assign(new Blob([new Uint8Array(9)]), {
      arrayBuffer: () => Promise.reject(new DOMException("It was deleted.", "NotReadableError")),
    });
    for (const picture of [large, gone, "a.jpg" as never, {} as never]) {
      expect(await all[0].send("look", { picture })).toMatchObject({
        error: { code: "bad-argument", field: "picture" },
      });
    }
    expect(read).not.toHaveBeenCalled();
    expect(all[0].lines).toEqual([]);
  });

  it("T1: a line to everybody is sent though somebody leaves meanwhile", async () => {
    const { all, room, enter } = chats({}, "ann", "bob", "carl");
    all[1].on("line", () => room.leave("carl"));
    expect(await all[0].send("hello")).toEqual({ success: true });
    expect(texts(all[1])).toEqual(["Ann: hello"]);
    expect(all[0].lines).toMatchObject([{ state: "sent" }]);
    enter("carl");
    expect(await all[0].send("bye", { to: "carl" })).toEqual({ success: true });
  });

  it("T3: a line is kept for who comes though the last one leaves meanwhile", async () => {
    const { all, room } = chats({ history: true }, "ann", "bob", "carl");
    all[1].on("line", () => {
      room.leave("carl");
      room.leave("bob");
    });
    expect(await all[0].send("hello")).toEqual({ success: true });
    expect(all[0].lines).toMatchObject([{ state: "sent" }]);
  });

  it("T2: brings a small picture along, and takes nothing else for one", async () => {
    const { all, room } = chats({}, "ann", "bob");
    await all[0].send("look", { picture: JPEG });
    expect(all[1].lines[0]?.picture).toEqual(JPEG);
    room.say("ann", "bob", "chat", line("no picture", { picture: btoa("<svg>") }));
    expect(all[1].lines[1]).toMatchObject({ text: "no picture", picture: undefined });
  });

  it("W3, DEFECTS 19: ignores what is no message of a chat, and takes who sends it for its author", () => {
    const { all, room } = chats({}, "ann", "bob");
    const wrong = [
      null,
      "hello",
      { type: "toString" },
      { type: "line", line: "x" },
      line(""),
      line("x".repeat(8_193)),
      line("x", { id: "short" }),
      line("x", { sentAt: 8.65e15 }),
      line("x", { picture: "x".repeat(24_004) }),
      line("x", { picture: "<script>" }),
      { type: "history", lines: [{ ...line("x").line, from: ann }], more: false },
    ];
    for (const data of wrong) room.say("ann", "bob", "chat", data);
    expect(all[1].lines).toEqual([]);
    room.say("ann", "bob", "chat", line("<b>x</b>", { from: { id: "carl", name: "Carl" } }));
    expect(texts(all[1])).toEqual(["Ann: <b>x</b>"]);
  });

  it("T1: nobody silences another one by taking the id of a line", () => {
    const { all, room } = chats({}, "ann", "bob", "carl");
    room.say("carl", "bob", "chat", line("taken"));
    room.say("ann", "bob", "chat", line("said"));
    room.say("ann", "bob", "chat", line("said again"));
    expect(texts(all[1])).toEqual(["Carl: taken", "Ann: said"]);
  });

  it("closes with the room, and leaves no timer", async () => {
    const { all, room } = chats({ history: true }, "ann", "bob");
    all[0].typing();
    all[1].typing();
    room.leave("bob");
    room.leave("ann");
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    room.enter({ id: "ann", name: "Ann" });
    expect(all[0].lines).toEqual([]);
  });

  it("says nothing any more once it is closed, whatever the page calls", async () => {
    const { all, room } = chats({ history: true }, "ann", "bob");
    room.cutOff("ann");
    await all[0].send("failed");
    room.cutOff("ann", false);
    room.said.length = 0;
    const late = all[0].send("look", { picture: JPEG });
    all[0].close();
    all[0].close();
    all[0].typing();
    const closed = { error: { code: "closed" } };
    expect(await late).toMatchObject(closed);
    expect(await all[0].send("hello")).toMatchObject(closed);
    expect(await all[0].resend(all[0].lines[0]?.id ?? "")).toMatchObject(closed);
    expect(room.said).toEqual([]);
    expect(all[0].lines).toMatchObject([{ text: "failed", state: "failed" }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says what is wrong with an option", () => {
    const cignal = new PartRoom().enter(ann);
    for (const options of [{ history: 1 }, { maxLines: 0 }, { maxLines: 1.5 }, { max: 1 }]) {
      expect(() => openChat(cignal, options as never)).toThrow(/^openChat: \w+: expected/);
    }
    expect(() => openChat({} as never)).toThrow(TypeError);
  });
});

describe("who types", () => {
  const open = () => {
    const { all, room } = chats({}, "ann", "bob");
    const seen: string[][] = [];
    all[1].on("typing", (peers) => seen.push(peers.map(({ name }) => name)));
    return { all, room, seen };
  };

  it("T4: is shown from the first key until some seconds after the last one", async () => {
    const { all, seen, room } = open();
    for (let second = 0; second < 10; second++) {
      all[0].typing();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(seen).toEqual([["Ann"]]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(seen).toEqual([["Ann"], []]);
    expect(room.said.length).toBeLessThan(7);
  });

  it("T4: is shown no longer once the line is there, nor when who types has gone", async () => {
    const { all, seen, room } = open();
    all[0].typing();
    await all[0].send("hello");
    expect(seen).toEqual([["Ann"], []]);
    all[0].typing();
    room.leave("ann");
    expect(seen).toEqual([["Ann"], [], ["Ann"], []]);
  });

  it("T4: is shown also after somebody has set the clock back", async () => {
    const { all, seen } = open();
    all[0].typing();
    vi.setSystemTime(Date.now() - 3_600_000);
    for (let second = 0; second < 10; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      all[0].typing();
    }
    expect(seen).toEqual([["Ann"]]);
  });

  it("T4: is forgotten if nothing more is heard", async () => {
    const { seen, room } = open();
    room.say("ann", "bob", "chat", { type: "typing", typing: true });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(seen).toEqual([["Ann"], []]);
  });
});

describe("the history", () => {
  it("T3: tells who comes later what was said, once, in order, with who said it", async () => {
    const { all, enter } = chats({ history: true }, "ann", "bob");
    await all[0].send("1");
    await all[1].send("2", { picture: JPEG });
    const carl = enter("carl");
    await all[0].send("3");
    await vi.advanceTimersByTimeAsync(0);
    await all[1].send("4");
    expect(texts(carl)).toEqual(["Ann: 1", "Bob: 2", "Ann: 3", "Bob: 4"]);
    expect(carl.lines.map(({ fromHistory }) => fromHistory)).toEqual([true, true, false, false]);
    expect(carl.lines[1]?.picture).toEqual(JPEG);
  });

  it("T3: brings a reloaded page its own lines", async () => {
    const { all, enter, room } = chats({ history: true }, "ann", "bob");
    await all[0].send("mine");
    room.leave("ann");
    const anew = enter("ann");
    await vi.advanceTimersByTimeAsync(0);
    expect(anew.lines).toMatchObject([{ text: "mine", own: true, state: "sent" }]);
  });

  it("T3: keeps what is said to an empty room for who comes", async () => {
    const { all, enter } = chats({ history: true }, "ann");
    expect(await all[0].send("anybody?")).toEqual({ success: true });
    const bob = enter("bob");
    await vi.advanceTimersByTimeAsync(0);
    expect(texts(bob)).toEqual(["Ann: anybody?"]);
  });

  it("T3: asks the next one when who was asked does not answer, or goes", async () => {
    const room = new PartRoom();
    room.enter({ id: "mute", name: "Mute" });
    room.enter({ id: "goes", name: "Goes" });
    const bob = openChat(room.enter({ id: "bob", name: "Bob" }), { history: true });
    await bob.send("hello");
    await vi.advanceTimersByTimeAsync(20_000);
    const carl = openChat(room.enter({ id: "carl", name: "Carl" }), { history: true });
    await vi.advanceTimersByTimeAsync(4_000);
    room.leave("goes");
    await vi.advanceTimersByTimeAsync(0);
    expect(texts(carl)).toEqual(["Bob: hello"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("T3: comes in messages that are short enough, whatever was said", async () => {
    const { all, enter, room } = chats({ history: true, maxLines: 400 }, "ann", "bob");
    for (let i = 0; i < 400; i++) await all[0].send(`${i} ${"\u0001".repeat(i % 900)}`);
    room.said.length = 0;
    const carl = enter("carl");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(carl.lines).toEqual(
      all[0].lines.map((said) => ({ ...said, own: false, state: "received", fromHistory: true })),
    );
    const longest = Math.max(...room.said.map(({ data }) => JSON.stringify(data).length));
    expect(longest).toBeLessThan(65_536);
    expect(room.said.length).toBeGreaterThan(5);
  });

  it("T3: asks the next one when who was asked has nothing to tell, or only says that more comes", async () => {
    const room = new PartRoom();
    for (const id of ["anew", "endless"]) room.enter({ id, name: id });
    const bob = openChat(room.enter({ id: "bob", name: "Bob" }), { history: true });
    await bob.send("hello");
    await vi.advanceTimersByTimeAsync(20_000);
    const carl = openChat(room.enter({ id: "carl", name: "Carl" }), { history: true });
    const tell = (from: string, more: boolean) =>
      room.say(from, "carl", "chat", { type: "history", lines: [], more });
    tell("anew", false);
    for (let second = 0; second < 5; second++) {
      tell("endless", true);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(texts(carl)).toEqual(["Bob: hello"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("T3: nobody puts words into the mouth of another one whose own word comes", async () => {
    const room = new PartRoom();
    for (const id of ["liar", "ann"]) room.enter({ id, name: id });
    const carl = openChat(room.enter({ id: "carl", name: "Carl" }), { history: true });
    const heard: ChatLine[] = [];
    carl.on("line", (said) => heard.push(said));
    const lines = [{ ...line("I quit").line, from: { id: "ann", name: "ann" } }];
    room.say("liar", "carl", "chat", { type: "history", lines, more: false });
    room.say("ann", "carl", "chat", line("I am here"));
    room.say("ann", "carl", "chat", line("I am here again"));
    expect(texts(carl)).toEqual(["ann: I am here"]);
    expect(carl.lines).toMatchObject([{ fromHistory: false, private: false }]);
    expect(heard.map(({ text }) => text)).toEqual(["I am here"]);
  });

  it("T3: is told to who asks all the time no faster than a line bears, and once more to who reloads", async () => {
    const { all, room } = chats({ history: true }, "ann", "bob");
    for (let i = 0; i < 20; i++) await all[0].send(`${i} ${"x".repeat(8_000)}`);
    const told = () =>
      room.said.filter(({ data }) => (data as { type: string }).type === "history");
    room.said.length = 0;
    for (let i = 0; i < 1_000; i++) {
      room.say("bob", "ann", "chat", { type: "ask" });
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(told().length).toBeLessThanOrEqual(15);
    room.leave("bob");
    room.enter({ id: "bob", name: "Bob" });
    room.said.length = 0;
    room.say("bob", "ann", "chat", { type: "ask" });
    await vi.advanceTimersByTimeAsync(0);
    expect(told()).toHaveLength(3);
    room.say("bob", "ann", "chat", { type: "ask" });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told()).toHaveLength(6);
    room.say("bob", "ann", "chat", { type: "ask" });
    all[0].close();
    all[1].close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("T3: is taken from who was asked alone", async () => {
    const { all, room } = chats({ history: true }, "ann", "bob");
    await vi.advanceTimersByTimeAsync(0);
    const told = { ...line("forged").line, from: { id: "bob", name: "Bob" } };
    room.say("ann", "bob", "chat", { type: "history", lines: [told], more: false });
    expect(all[1].lines).toEqual([]);
  });

  it("T3: is told to nobody where the app does not want it", async () => {
    const { all, room } = chats({}, "ann");
    const carl = openChat(room.enter({ id: "carl", name: "Carl" }), { history: true });
    await all[0].send("hello");
    room.say("carl", "ann", "chat", { type: "ask" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(carl.lines.filter(({ fromHistory }) => fromHistory)).toEqual([]);
  });
});
