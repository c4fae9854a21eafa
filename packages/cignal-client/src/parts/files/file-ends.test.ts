import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
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

useFileClock();

describe("how files end", () => {
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

  it.each(["open", "write", "close"] as const)(
    "F7: a disk that is full at %s ends it on both sides and keeps nothing",
    async (at) => {
      const { line, a, b } = pair();
      const disk = fakeDisk(at);
      const sending = a.files.sendFile(new Blob([content(100_000)]));
      const incoming = await offered(line, b);
      void incoming.accept({ to: "disk" });
      await settle(line, 20);
      expect(await end(line, incoming.done)).toMatchObject(failure("disk-full"));
      expect(await end(line, sending.done)).toMatchObject(failure("storage-failed"));
      expect(disk.size).toBe(0);
    },
  );

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
});
