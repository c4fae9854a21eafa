import { Agent } from "node:http";
import { describe, expect, it } from "vitest";
import { connect, type TestClient } from "./client.js";
import { inform } from "./envelopes.js";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";

/** Connects from an address of this machine, every 127.x.y.z being one. */
function connectFrom(localAddress: string, url: string, roomId: string, peerId: string, more = {}) {
  return connect(url, { roomId, peerId }, {
    agent: new Agent({ localAddress }),
    ...more,
  } as object);
}

/** A call of two that somebody else's flood must not touch, from an address of their own. */
async function bystanders(url: string) {
  const a = connectFrom("127.0.0.9", url, "bystanders", "a");
  await a.next("welcome");
  const b = connectFrom("127.0.0.9", url, "bystanders", "b");
  await b.next("welcome");
  let number = 0;
  return async () => {
    number++;
    expect(await a.request("signal", inform("b", number, number))).toEqual({});
    expect((await b.next("signal")).envelope.message).toMatchObject({ data: number });
  };
}

const answer = (client: TestClient) =>
  Promise.race([
    client.next("welcome").then(() => "welcome" as const),
    client.next("refused").then((refused) => refused),
  ]);

describe("limits", () => {
  it("M4, E4: a flood of handshakes from one address is throttled, and others are not", async () => {
    const limits = { perAddress: { handshakesPerMinute: 20 } };
    const { url, cignal } = await startServer({ limits });
    const talk = await bystanders(url);
    const flood = Array.from({ length: 60 }, (_, i) =>
      answer(connectFrom("127.0.0.2", url, `flood ${i}`, "p")),
    );
    await talk();
    const answers = await Promise.all(flood);
    expect(answers.filter((each) => each === "welcome")).toHaveLength(20);
    const [refused] = answers.filter((each) => each !== "welcome");
    expect(refused).toMatchObject({ code: "rate-limited", retryAfterMs: expect.any(Number) });
    await talk();
    expect(await answer(connectFrom("127.0.0.3", url, "another", "p"))).toBe("welcome");
    expect(await cignal.rooms.count()).toBe(22);
  });

  it("M4: so many connections of one address are open at once", async () => {
    const { url } = await startServer({ limits: { perAddress: { connections: 3 } } });
    const talk = await bystanders(url);
    const open = [1, 2, 3].map((i) => connectFrom("127.0.0.2", url, `r ${i}`, "p"));
    for (const each of open) await each.next("welcome");
    const one = connectFrom("127.0.0.2", url, "r 4", "p");
    expect(await one.next("refused")).toMatchObject({ code: "rate-limited", retryAfterMs: 5_000 });
    await talk();
    open[0]?.disconnect();
    await eventually(async () => {
      expect(await answer(connectFrom("127.0.0.2", url, "r 5", "p"))).toBe("welcome");
    });
  });

  it("M4: so many rooms are opened from one address, and rooms that there are can be entered", async () => {
    const { url, cignal } = await startServer({ limits: { perAddress: { roomsPerMinute: 2 } } });
    const talk = await bystanders(url);
    const come = (roomId: string, peerId: string) =>
      answer(connectFrom("127.0.0.2", url, roomId, peerId));
    expect(await come("one", "a")).toBe("welcome");
    expect(await come("one", "b")).toBe("welcome");
    expect(await come("one", "c")).toMatchObject({ code: "room-full" });
    expect(await come("two", "a")).toBe("welcome");
    expect(await come("three", "a")).toMatchObject({ code: "rate-limited" });
    expect(await come("two", "b")).toBe("welcome");
    await talk();
    expect(await cignal.rooms.get("three")).toBeUndefined();
  });

  it("M4: 20 rooms asked for at once from one address are no more than it may open", async () => {
    const { url, cignal } = await startServer({ limits: { perAddress: { roomsPerMinute: 5 } } });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => answer(connectFrom("127.0.0.2", url, `r ${i}`, "p"))),
    );
    expect(await cignal.rooms.count()).toBe(5);
  });

  it("M4: X-Forwarded-For helps nobody whom no trusted proxy has written it for", async () => {
    const limits = { perAddress: { handshakesPerMinute: 2 } };
    for (const trustProxy of [0, 1]) {
      const { url } = await startServer({ limits, trustProxy });
      const come = (forwarded: string, peerId: string) =>
        answer(
          connectFrom("127.0.0.2", url, "r", peerId, {
            extraHeaders: { "X-Forwarded-For": forwarded },
          }),
        );
      // As a proxy writes it: behind what the client has sent.
      expect(await come("203.0.113.1, 198.51.100.7", "a")).toBe("welcome");
      expect(await come("203.0.113.2, 198.51.100.7", "b")).toBe("welcome");
      expect(await come("203.0.113.3, 198.51.100.7", "c")).toMatchObject({ code: "rate-limited" });
      // Only a trusted proxy is believed that this is somebody else.
      const other = await come("203.0.113.4, 198.51.100.8", "d");
      expect(other).toMatchObject({ code: trustProxy ? "room-full" : "rate-limited" });
    }
  });

  it("M4: authenticate is told the address of the client, as the trusted proxy has it", async () => {
    const seen: string[] = [];
    const authenticate = ({ address }: { address: string }) => seen.push(address) > 0;
    const { url } = await startServer({ trustProxy: 1, authenticate });
    const extraHeaders = { "X-Forwarded-For": "203.0.113.1, 198.51.100.7" };
    await answer(connectFrom("127.0.0.2", url, "r", "a", { extraHeaders }));
    expect(seen).toEqual(["198.51.100.7"]);
  });

  it("M4: who resumes is let in, though the address has used up all it has", async () => {
    const perAddress = { handshakesPerMinute: 3, connections: 3, roomsPerMinute: 1 };
    const { url } = await startServer({ limits: { perAddress } });
    const a = connectFrom("127.0.0.2", url, "r", "a");
    const { resumeToken } = await a.next("welcome");
    for (const peerId of ["b", "c"]) await answer(connectFrom("127.0.0.2", url, "r", peerId));
    const come = (auth: object) => answer(connectFrom("127.0.0.2", url, "r", "a", { auth }));
    const hello = { protocol: [1], roomId: "r", peerId: "a" };
    expect(await come({ ...hello, resumeToken: "guessed" })).toMatchObject({
      code: "rate-limited",
    });
    expect(await come({ ...hello, resumeToken })).toBe("welcome");
  });

  it("M5: a room in which too much is said is throttled, and others are not", async () => {
    const perRoom = { messagesPerSecond: 1, burst: 20 };
    const { url } = await startServer({ limits: { perRoom }, maxPeers: 3 });
    const talk = await bystanders(url);
    const loud = ["a", "b", "c"].map((id) => connectFrom("127.0.0.2", url, "loud", id));
    for (const each of loud) await each.next("welcome");
    const [a, b] = loud;
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        (i % 2 ? a : b)?.request("signal", inform("c", i, i + 1)),
      ),
    );
    const refused = answers.filter((each) => each?.error);
    expect(refused).toHaveLength(10);
    expect(refused[0]?.error).toMatchObject({
      code: "rate-limited",
      retryAfterMs: expect.any(Number),
    });
    // What keeps a member alive is no part of it.
    expect(await a?.request("beat", {})).toEqual({});
    await talk();
  });
});
