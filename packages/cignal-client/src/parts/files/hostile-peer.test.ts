import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { FakeLine } from "../../../test/fake-sessions.js";
import {
  content,
  end,
  failure,
  listen,
  settle,
  slowStream,
  useFileClock,
} from "../../../test/file-pair.js";
import { encodeWritten } from "./wire.js";

useFileClock();

describe("a hostile peer", () => {
  const id = "x".repeat(22);
  const hash = "0".repeat(64);

  /** `b` is whatever the test makes of it. */
  async function hostile(size = 100) {
    const line = new FakeLine();
    line.connect();
    const a = listen(line.a);
    const say = (data: unknown) => {
      line.said.push({ to: line.a, from: line.b.me, data: data as never, topic: "file" });
      return settle(line, 5);
    };
    await say({ type: "offer", id, name: "n", size, mime: "" });
    const [file] = a.offers;
    if (!file) throw new Error("not offered");
    const outcome = file.accept({ to: "memory" });
    await settle(line, 5);
    const attempt = line.heardByB.find(({ type }) => type === "accept")?.["attempt"];
    const open = (protocol = String(attempt)) => {
      const channel = line.connections[1]?.pc.createDataChannel(`file/${id}`, { protocol });
      line.flush();
      if (!channel) throw new Error("no connection");
      return channel;
    };
    return { line, a, file, outcome, say, open };
  }

  it.each([
    ["more than it has announced", new ArrayBuffer(101)],
    ["text", "text"],
    ["nothing, again and again", new ArrayBuffer(0)],
    ["crumbs, each of which takes more memory than it has bytes", new ArrayBuffer(10)],
  ])("F8: who sends %s is cut off", async (_what, data) => {
    const { line, open, outcome } = await hostile();
    const channel = open();
    channel.send(data);
    await settle(line, 5);
    expect(await end(line, outcome)).toMatchObject(failure("bad-message"));
    expect(channel.readyState).toBe("closed");
  });

  it("F5, F8: who sends faster than it is written is cut off", async () => {
    const { line, a, say } = await hostile(2 ** 40);
    const other = "y".repeat(22);
    await say({ type: "offer", id: other, name: "n", size: 2 ** 40, mime: "" });
    const [, second] = a.offers;
    if (!second) throw new Error("not offered");
    const outcome = second.accept({ to: slowStream().stream });
    await settle(line, 5);
    const { attempt } = line.heardByB.findLast(({ type }) => type === "accept") ?? {};
    const init = { protocol: String(attempt) };
    const channel = line.connections[1]?.pc.createDataChannel(`file/${other}`, init);
    line.flush();
    for (let i = 0; i < 40; i++) channel?.send(new ArrayBuffer(262_144));
    await settle(line, 5);
    expect(await end(line, outcome)).toMatchObject(failure("bad-message"));
  });

  it("F6: a file that is not what it should be is not handed out", async () => {
    const { line, open, outcome, say } = await hostile();
    open().send(new ArrayBuffer(100));
    await say({ type: "done", id, sha256: hash });
    expect(await end(line, outcome)).toMatchObject(failure("file-damaged"));
    expect(line.heardByB.at(-1)).toMatchObject({ type: "end", reason: "damaged" });
  });

  it("F6: a file that is shorter than announced is not handed out", async () => {
    const { line, file, open, say } = await hostile(10_000);
    open().send(new ArrayBuffer(5_000));
    await say({ type: "done", id, sha256: createHash("sha256").update(content(0)).digest("hex") });
    await vi.advanceTimersByTimeAsync(60_000);
    await settle(line, 5);
    expect([file.state, file.bytes]).toEqual(["receiving", 5_000]);
    file.cancel();
    expect(await end(line, file.done)).toMatchObject(failure("file-cancelled"));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("F8: who offers thousands of files has 32 heard, and those that are over forgotten", async () => {
    const { line, a, say } = await hostile();
    const offer = (number: number) => ({
      ...{ type: "offer", id: `many-${number}`.padEnd(22, "x"), name: "n", size: 1, mime: "" },
    });
    for (let number = 0; number < 3_000; number++) {
      const from = line.b.me;
      line.said.push({ to: line.a, from, data: offer(number), topic: "file" });
    }
    await settle(line, 300);
    expect(a.offers).toHaveLength(32);
    for (const file of a.offers) file.cancel();
    await settle(line, 50);
    await say(offer(9_999));
    expect(a.offers).toHaveLength(33);
    expect(line.a.errors).toEqual([]);
  });

  it("F4: what was not asked for is not read", async () => {
    const { line, file, open } = await hostile();
    const channel = open("7");
    await settle(line, 5);
    expect(channel.readyState).toBe("closed");
    expect(file.state).toBe("interrupted");
    file.cancel();
  });

  it("is not heard in what no client says", async () => {
    const { line, a, say } = await hostile();
    const offer = { type: "offer", id: "z".repeat(22), name: "n", size: 1, mime: "" };
    for (const wrong of [
      { ...offer, id: "../../x" },
      { ...offer, size: -1 },
      { ...offer, size: 1.5 },
      { ...offer, size: 2 ** 60 },
      { ...offer, name: "x".repeat(256) },
      { ...offer, mime: 7 },
      { type: "accept", id: offer.id, from: 0 },
      { type: "received", id: offer.id, sha256: hash },
      { type: "constructor" },
      null,
      "text",
    ]) {
      await say(wrong);
    }
    expect(a.offers).toHaveLength(1);
    await say({ ...offer, mime: "text/html;x=<script>" });
    expect(a.offers[1]?.type).toBe("");
    expect(line.a.errors).toEqual([]);
  });

  it.each([
    ["asks for what was not sent", { from: 50, attempt: 1 }, undefined],
    ["has more than was sent", { from: 0, attempt: 1 }, encodeWritten(2 ** 30)],
    ["answers with text", { from: 0, attempt: 1 }, "text"],
  ])("F8: who %s gets nothing more", async (_what, asked, answer) => {
    const line = new FakeLine();
    line.connect();
    const a = listen(line.a);
    const sending = a.files.sendFile(new Blob([content(100)]));
    await settle(line, 5);
    const data = { type: "accept", id: sending.id, ...asked };
    line.said.push({ to: line.a, from: line.b.me, data, topic: "file" });
    await settle(line, 10);
    const theirs = line.connections[1]?.inbound[0];
    if (answer) theirs?.send(answer as never);
    await settle(line, 5);
    expect(await end(line, sending.done)).toMatchObject(failure("bad-message"));
  });

  /** `b` is offered a file, and says what the test says. */
  async function hostileReceiver(size: number) {
    const line = new FakeLine();
    line.connect();
    const blob = new Blob([content(size)]);
    const reads = vi.spyOn(blob, "slice");
    const sending = listen(line.a).files.sendFile(blob);
    await settle(line, 5);
    const say = (message: object) => {
      const data = { ...message, id: sending.id };
      line.said.push({ to: line.a, from: line.b.me, data, topic: "file" });
    };
    return { line, sending, reads, say };
  }

  it("F8: who says that it has got what was not sent is not believed, and costs no reading", async () => {
    const { line, sending, reads, say } = await hostileReceiver(100);
    say({ type: "received", sha256: hash });
    await settle(line, 5);
    expect(await end(line, sending.done)).toMatchObject(failure("bad-message"));
    expect(reads).not.toHaveBeenCalled();
  });

  it("F6: who has got something else than was sent is told so", async () => {
    const { line, sending, say } = await hostileReceiver(100);
    say({ type: "accept", from: 0, attempt: 1 });
    await settle(line, 10);
    say({ type: "received", sha256: hash });
    await settle(line, 5);
    expect(await end(line, sending.done)).toMatchObject(failure("file-damaged"));
  });

  it("F8: who asks again and again gets nothing more, and costs no reading", async () => {
    const { line, sending, reads, say } = await hostileReceiver(100);
    for (let attempt = 1; attempt < 1_000; attempt++) say({ type: "accept", from: 0, attempt });
    // All of it is heard before any channel is open.
    for (const { to, from, data, topic } of line.said.splice(0)) {
      to.topics.emit(topic, data, from);
    }
    await settle(line, 5);
    expect(await end(line, sending.done)).toMatchObject(failure("bad-message"));
    expect(reads).not.toHaveBeenCalled();
    expect(line.a.errors).toEqual([]);
  });
});
