import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { FakeLine } from "../../../test/fake-sessions.js";
import {
  content,
  end,
  failure,
  fakeDisk,
  listen,
  offered,
  pair,
  settle,
  sha256,
  slowStream,
  useFileClock,
} from "../../../test/file-pair.js";
import { openFiles } from "./index.js";
import { plainName, WINDOW_BYTES } from "./wire.js";

useFileClock();

describe("files", () => {
  it("F1, F6: arrive as they are, under a plain name, with the SHA-256 that both have", async () => {
    const { line, a, b } = pair();
    const bytes = content(3_000_000);
    const file = new File([bytes], "../evil\u202e\n.txt", { type: "text/plain" });
    const sending = a.files.sendFile(file, { to: "b" });
    const progress = vi.fn();
    sending.on("progress", (transfer) => progress(transfer.state, transfer.bytes));
    const incoming = await offered(line, b);
    expect(incoming).toMatchObject({ name: "evil.txt", size: 3_000_000, type: "text/plain" });
    expect([incoming.state, sending.transfers[0]?.state]).toEqual(["offered", "offered"]);
    const received = await end(line, incoming.accept({ to: "memory" }));
    if (!received.success || !received.file) throw new Error("it did not arrive");
    expect(received.sha256).toBe(sha256(bytes));
    expect(sha256(new Uint8Array(await received.file.arrayBuffer()))).toBe(sha256(bytes));
    expect(received.file).toMatchObject({ name: "evil.txt", type: "text/plain" });
    expect(await end(line, sending.done)).toMatchObject({
      success: true,
      transfers: [{ state: "done" }],
    });
    expect(progress).toHaveBeenLastCalledWith("done", 3_000_000);
    expect([incoming.state, incoming.bytes]).toEqual(["done", 3_000_000]);
    expect([...line.a.errors, ...line.b.errors]).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("F6: an empty file is a file", async () => {
    const { line, a, b } = pair();
    const sending = a.files.sendFile(new Blob([]));
    const incoming = await offered(line, b);
    void incoming.accept({ to: "memory" });
    await settle(line);
    expect(await end(line, incoming.done)).toMatchObject({
      success: true,
      sha256: sha256(new Uint8Array()),
    });
    expect(await end(line, sending.done)).toMatchObject({ success: true });
    expect(incoming.name).toBe("file");
  });

  it("F4: through any losses it goes on from the byte where it stopped", async () => {
    const bytes = content(2_000_000);
    const hash = sha256(bytes);
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 12 }) },
      { weight: 2, arbitrary: fc.constantFrom("lost", "rebuilt", "closed", "wait") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { line, a, b } = pair();
        const sending = a.files.sendFile(new Blob([bytes]));
        const incoming = await offered(line, b);
        const outcome = incoming.accept({ to: "memory" });
        let lost = 0;
        for (const what of steps) {
          if (typeof what === "number") {
            for (let i = 0; i < what; i++) line.step();
            await new Promise((resolve) => setImmediate(resolve));
          } else {
            lost++;
            if (what === "wait") await vi.advanceTimersByTimeAsync(5_000);
            else if (what === "lost") line.disconnect();
            else if (what === "rebuilt") line.connect();
            else line.channels[0]?.close();
          }
        }
        line.connect();
        for (let i = 0; i < 6 && incoming.state !== "done"; i++) {
          await settle(line, 20);
          await vi.advanceTimersByTimeAsync(40_000);
        }
        expect(await outcome).toMatchObject({ success: true, sha256: hash });
        await settle(line, 5);
        expect(await end(line, sending.done)).toMatchObject({ success: true });
        // Each time no more is lost than what waited in the queue of a channel.
        expect(line.bytesOf("file/")).toBeLessThanOrEqual(2_000_000 + (lost + 2) * 300_000);
        expect([...line.a.errors, ...line.b.errors]).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it("F5, DEFECTS 26: the disk of the receiver sets the pace of the sender", async () => {
    const { line, a, b } = pair();
    const sending = a.files.sendFile(new Blob([content(12_000_000)]));
    const disk = slowStream();
    const incoming = await offered(line, b);
    void incoming.accept({ to: disk.stream });
    await settle(line);
    expect(line.bytesOf("file/")).toBeLessThanOrEqual(WINDOW_BYTES + 65_536);
    expect(sending.transfers[0]?.bytes).toBe(0);
    for (let i = 0; i < 100; i++) {
      disk.release();
      await settle(line, 2);
    }
    const all = disk.written.reduce((sum, { length }) => sum + length, 0);
    expect(all).toBe(12_000_000);
    expect(await end(line, incoming.done)).toMatchObject({ success: true, file: undefined });
  });

  it("several at once, in both directions, do not wait for each other", async () => {
    const { line, a, b } = pair();
    const big = a.files.sendFile(new Blob([content(8_000_000)]), { name: "big" });
    const slow = slowStream();
    void (await offered(line, b)).accept({ to: slow.stream });
    await settle(line, 10);
    const small = a.files.sendFile(new Blob([content(1_000)]), { name: "small" });
    const back = b.files.sendFile(new Blob([content(1_000)]), { name: "back" });
    await settle(line, 5);
    for (const { offers } of [a, b]) void offers.at(-1)?.accept({ to: "memory" });
    await settle(line, 10);
    expect(await end(line, small.done)).toMatchObject({ success: true });
    expect(await end(line, back.done)).toMatchObject({ success: true });
    expect(big.state).toBe("open");
  });

  it("F4: what is all there is not asked for again, however long its last byte takes to write", async () => {
    const { line, a, b } = pair();
    let close: () => void = () => {};
    const slow = new WritableStream<Uint8Array>({
      close: () =>
        new Promise((resolve) => {
          close = resolve;
        }),
    });
    const sending = a.files.sendFile(new Blob([content(100_000)]));
    const incoming = await offered(line, b);
    void incoming.accept({ to: slow });
    await settle(line, 20);
    expect(incoming.state).toBe("checking");
    const asked = () =>
      line.said.filter(({ data }) => (data as { type: string }).type === "accept");
    line.channels[0]?.close();
    line.connect();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked()).toEqual([]);
    close();
    expect(await end(line, incoming.done)).toMatchObject({ success: true });
    expect(await end(line, sending.done)).toMatchObject({ success: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps a file on the disk until the page removes it", async () => {
    const { line, a, b } = pair();
    const disk = fakeDisk();
    a.files.sendFile(new File([content(100_000)], "photo.png", { type: "image/png" }));
    const incoming = await offered(line, b);
    void incoming.accept();
    await settle(line, 20);
    const outcome = await end(line, incoming.done);
    expect(outcome).toMatchObject({ success: true, sha256: sha256(content(100_000)) });
    if (outcome.success) expect(outcome.file).toMatchObject({ name: "photo.png", size: 100_000 });
    expect(disk.size).toBe(1);
    await incoming.remove();
    expect(disk.size).toBe(0);
  });

  it("goes to memory where the browser has no disk, unless the page wants the disk", async () => {
    vi.stubGlobal("navigator", {});
    const { line, a, b } = pair();
    a.files.sendFile(new Blob(["x"]));
    void (await offered(line, b)).accept();
    a.files.sendFile(new Blob(["y"]));
    void (await offered(line, b)).accept({ to: "disk" });
    await settle(line, 20);
    expect(await end(line, b.offers[0]?.done ?? Promise.reject())).toMatchObject({ success: true });
    expect(await end(line, b.offers[1]?.done ?? Promise.reject())).toMatchObject(
      failure("storage-failed"),
    );
  });

  it("who joins late is offered it if the sender wants so", async () => {
    const { line, a, b } = pair();
    const held = a.files.sendFile(new Blob(["held"]), { lateJoiners: true, name: "held" });
    a.files.sendFile(new Blob(["not held"]));
    await settle(line, 5);
    for (const file of b.offers) void file.accept({ to: "memory" });
    await settle(line, 10);
    line.leaveB();
    line.joinB();
    const anew = listen(line.b);
    line.connect();
    const incoming = await offered(line, anew);
    expect(anew.offers.map(({ name }) => name)).toEqual(["held"]);
    void incoming.accept({ to: "memory" });
    expect(await end(line, incoming.done)).toMatchObject({ success: true });
    await settle(line, 5);
    expect(held.transfers.map(({ state }) => state)).toEqual(["done", "done"]);
    expect(held.state).toBe("open");
    held.cancel();
    expect(await end(line, held.done)).toMatchObject({ success: true });
  });

  it("refuses what is too large, and more than 32 files of one peer", async () => {
    const { line, a, b } = pair({ maxBytes: 1_000 });
    const large = a.files.sendFile(new Blob([content(1_001)]));
    await settle(line, 5);
    expect(await end(line, large.done)).toMatchObject(failure("file-refused"));
    const many = Array.from({ length: 33 }, () => a.files.sendFile(new Blob(["x"])));
    await settle(line, 40);
    expect(b.offers).toHaveLength(32);
    expect(await many.at(-1)?.done).toMatchObject(failure("file-refused"));
  });

  it("tells why nothing can be sent, and what makes no sense", async () => {
    const line = new FakeLine();
    const a = openFiles(line.a.cignal);
    expect(() => openFiles(line.a.cignal)).toThrow(TypeError);
    expect(() => openFiles(line.b.cignal, { maxBites: 1 } as never)).toThrow(TypeError);
    expect(() => openFiles(line.b.cignal, { maxBytes: -1 })).toThrow(TypeError);
    expect(() => a.sendFile("text" as never)).toThrow(TypeError);
    const b = listen(line.b);
    a.sendFile(new Blob(["x"]));
    const incoming = await offered(line, b);
    await expect(incoming.accept({ to: "somewhere" as never })).rejects.toThrow(TypeError);
    expect(incoming.state).toBe("offered");
    expect(await a.sendFile(new Blob([]), { to: "c" }).done).toMatchObject(failure("nobody-here"));
    expect(plainName("a".repeat(300))).toHaveLength(255);
    a.close();
    a.close();
    await settle(line, 5);
    expect(await end(line, incoming.done)).toMatchObject(failure("file-cancelled"));
    expect(await a.sendFile(new Blob(["x"])).done).toMatchObject(failure("closed"));
    openFiles(line.a.cignal);
    line.a.me.inspector = true;
    line.b.me.inspector = true;
    expect(await b.files.sendFile(new Blob(["x"])).done).toMatchObject(failure("forbidden"));
  });
});
