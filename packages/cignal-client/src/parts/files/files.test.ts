import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeLine, type FakeSession } from "../../../test/fake-sessions.js";
import type { IncomingFile } from "./incoming-file.js";
import { type Files, type FilesOptions, openFiles } from "./index.js";
import { encodeWritten, plainName, WINDOW_BYTES } from "./wire.js";

beforeEach(() => {
  // Files are read in real time.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Bytes that are not the same anywhere. */
const content = (size: number, seed = 1) =>
  Uint8Array.from({ length: size }, (_, i) => ((i >> 8) * 31 + i * 7 + seed) & 255);

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const failure = (code: string) => ({ success: false, error: expect.objectContaining({ code }) });

interface Side {
  files: Files;
  offers: IncomingFile[];
}

function listen(session: FakeSession, options?: FilesOptions): Side {
  const files = openFiles(session.cignal, options);
  const offers: IncomingFile[] = [];
  files.on("offer", (file) => offers.push(file));
  return { files, offers };
}

function pair(options?: FilesOptions) {
  const line = new FakeLine();
  line.connect();
  return { line, a: listen(line.a), b: listen(line.b, options) };
}

/** Everything that can happen without the clock. */
async function settle(line: FakeLine, rounds = 60) {
  for (let i = 0; i < rounds; i++) {
    line.flush();
    // So long what has come is collected before it is written.
    await vi.advanceTimersByTimeAsync(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What comes of it, once everything that it needs has passed. */
async function end<T>(line: FakeLine, outcome: Promise<T>): Promise<T> {
  let state: "pending" | "settled" = "pending";
  const settled = () => {
    state = "settled";
  };
  outcome.then(settled, settled);
  const isPending = () => state === "pending";
  while (isPending()) await settle(line, 1);
  return outcome;
}

/** What is offered, once it is. */
async function offered(line: FakeLine, { offers }: Side): Promise<IncomingFile> {
  await settle(line, 5);
  const file = offers.at(-1);
  if (!file) throw new Error("nothing was offered");
  return file;
}

/** A stream that keeps what is written, as slowly as the test says. */
function slowStream() {
  const written: Uint8Array[] = [];
  let release: () => void = () => {};
  let aborted = false;
  const stream = new WritableStream<Uint8Array>({
    write(bytes) {
      written.push(bytes);
      return new Promise((resolve) => {
        release = resolve;
      });
    },
    abort() {
      aborted = true;
    },
  });
  return { stream, written, release: () => release(), wasAborted: () => aborted };
}

/** What `navigator.storage` has, in memory. */
function fakeDisk(fullAt?: "open" | "write" | "close") {
  const full = (at: typeof fullAt) => {
    if (at === fullAt) throw new DOMException("full", "QuotaExceededError");
  };
  const files = new Map<string, Blob[]>();
  const handle = (name: string) => ({
    createWritable: async () => {
      full("open");
      const parts: Blob[] = [];
      return {
        write: async (bytes: Uint8Array<ArrayBuffer>) => {
          full("write");
          parts.push(new Blob([bytes]));
        },
        close: async () => {
          full("close");
          files.set(name, parts);
        },
        abort: async () => {},
      };
    },
    getFile: async () => new File(files.get(name) ?? [], name),
  });
  const folder = {
    getFileHandle: async (name: string) => {
      files.set(name, []);
      return handle(name);
    },
    removeEntry: async (name: string) => void files.delete(name),
  };
  const getDirectory = async () => ({ getDirectoryHandle: async () => folder });
  vi.stubGlobal("navigator", { storage: { getDirectory } });
  return files;
}

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

  it("F2: who refuses gets nothing, and says why", async () => {
    const { line, a, b } = pair();
    const sending = a.files.sendFile(new Blob(["x"]));
    const incoming = await offered(line, b);
    incoming.refuse("no, thanks");
    incoming.refuse("again");
    await settle(line, 5);
    const outcome = await end(line, sending.done);
    expect(outcome).toMatchObject(failure("file-refused"));
    expect(outcome).toMatchObject({ error: { message: "no, thanks" } });
    expect(await incoming.accept()).toMatchObject(failure("file-refused"));
    expect(line.bytesOf("file/")).toBe(0);
  });

  it.each(["sender", "receiver"] as const)("F7: the %s cancels, and both stop", async (who) => {
    const { line, a, b } = pair();
    const disk = fakeDisk();
    const abort = new AbortController();
    const blob = new Blob([content(9_000_000)]);
    const sending = a.files.sendFile(blob, { signal: abort.signal });
    const incoming = await offered(line, b);
    void incoming.accept({ to: "disk" });
    for (let i = 0; i < 30; i++) {
      line.step();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(incoming.state).toBe("receiving");
    expect(disk.size).toBe(1);
    if (who === "sender") abort.abort();
    else incoming.cancel();
    await settle(line, 10);
    expect(await end(line, sending.done)).toMatchObject(failure("file-cancelled"));
    expect(await end(line, incoming.done)).toMatchObject(failure("file-cancelled"));
    const sent = line.bytesOf("file/");
    await settle(line, 10);
    expect(line.bytesOf("file/")).toBe(sent);
    expect(sent).toBeLessThan(9_000_000);
    expect(disk.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("F7: whoever stops at whatever moment, both come to an end, and nothing is left behind", async () => {
    const moments = fc.record({
      steps: fc.integer({ min: 0, max: 25 }),
      isTaken: fc.boolean(),
      what: fc.constantFrom("a cancels", "b cancels", "a closes", "b closes", "b leaves"),
    });
    await fc.assert(
      fc.asyncProperty(moments, async ({ steps, isTaken, what }) => {
        const disk = fakeDisk();
        const { line, a, b } = pair();
        const sending = a.files.sendFile(new Blob([content(700_000)]));
        if (isTaken) b.files.on("offer", (file) => void file.accept({ to: "disk" }));
        for (let i = 0; i < steps; i++) {
          line.step();
          await vi.advanceTimersByTimeAsync(1);
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (what === "a cancels") sending.cancel();
        else if (what === "b cancels") b.offers[0]?.cancel();
        else if (what === "a closes") a.files.close();
        else if (what === "b closes") b.files.close();
        else line.leaveB();
        await settle(line, 10);
        // It was not there yet to be cancelled.
        if (what === "b cancels" && sending.state === "open") b.offers[0]?.cancel();
        // Nobody is asked any more.
        if (what === "b closes" && sending.state === "open") line.leaveB();
        const { success } = await end(line, sending.done);
        const [incoming] = b.offers;
        const received = incoming && (await end(line, incoming.done)).success;
        await settle(line, 5);
        // The other way round there may be success that has not been heard of yet.
        if (success) expect(received).toBe(true);
        expect(disk.size).toBe(received ? 1 : 0);
        expect(vi.getTimerCount()).toBe(0);
        expect([...line.a.errors, ...line.b.errors]).toEqual([]);
      }),
      { numRuns: 50 },
    );
  }, 60_000);

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

  it.each(["open", "write", "close"] as const)(
    "F7: a disk that is full at %s ends it on both sides and keeps nothing",
    async (at) => {
      const { line, a, b } = pair();
      const disk = fakeDisk(at);
      const sending = a.files.sendFile(new Blob([content(100_000)]));
      const incoming = await offered(line, b);
      void incoming.accept({ to: "disk" });
      await settle(line, 20);
      expect(await end(line, incoming.done)).toMatchObject(failure("storage-failed"));
      expect(await end(line, sending.done)).toMatchObject(failure("storage-failed"));
      expect(disk.size).toBe(0);
    },
  );

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

  it("F3: who reloads the page is offered it again", async () => {
    const { line, a, b } = pair();
    const bytes = content(5_000_000);
    const sending = a.files.sendFile(new Blob([bytes]));
    void (await offered(line, b)).accept({ to: slowStream().stream });
    await settle(line, 10);
    vi.advanceTimersByTime(1_000);
    line.reloadB();
    const anew = listen(line.b);
    line.connect();
    const incoming = await offered(line, anew);
    void incoming.accept({ to: "memory" });
    await settle(line);
    expect(await end(line, incoming.done)).toMatchObject({ success: true, sha256: sha256(bytes) });
    expect(await end(line, sending.done)).toMatchObject({ success: true });
  });

  it("F7: who has reloaded the page cannot go on sending, and says so", async () => {
    const { line, a, b } = pair();
    b.files.sendFile(new Blob([content(5_000_000)]));
    const incoming = await offered(line, a);
    void incoming.accept({ to: slowStream().stream });
    await settle(line, 10);
    line.reloadB();
    listen(line.b);
    line.connect();
    await settle(line, 10);
    expect(await end(line, incoming.done)).toMatchObject(failure("file-lost"));
  });

  it("who leaves ends what is on its way", async () => {
    const { line, a, b } = pair();
    const sending = a.files.sendFile(new Blob([content(5_000_000)]));
    const incoming = await offered(line, b);
    void incoming.accept({ to: slowStream().stream });
    await settle(line, 10);
    line.leaveB();
    await settle(line, 5);
    expect(await end(line, sending.done)).toMatchObject(failure("nobody-here"));
    expect(await end(line, incoming.done)).toMatchObject(failure("nobody-here"));
    expect(b.files.closed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
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

  it("F7: a file that cannot be read any more is an error on both sides", async () => {
    const { line, a, b } = pair();
    const blob = new Blob([content(3_000_000)]);
    const slice = blob.slice.bind(blob);
    blob.slice = (from = 0, end) => {
      if (from > 0) throw new DOMException("changed", "NotReadableError");
      return slice(from, end);
    };
    const sending = a.files.sendFile(blob);
    const incoming = await offered(line, b);
    void incoming.accept({ to: "memory" });
    await settle(line);
    expect(await end(line, sending.done)).toMatchObject(failure("file-unreadable"));
    expect(await end(line, incoming.done)).toMatchObject(failure("file-unreadable"));
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
