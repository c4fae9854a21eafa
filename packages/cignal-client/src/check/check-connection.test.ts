import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeBrowser, fakeStream } from "../../test/fake-browser.js";
import { fakeIce, type IceBehaviour } from "../../test/fake-ice.js";
import type { FakeTrack } from "../../test/fake-media.js";
import { type FakeSocket, fakeSockets } from "../../test/fake-socket.js";
import type { Browser } from "../browser/browser.js";
import { Cignal } from "../cignal.js";
import type { CheckOptions } from "./check-connection.js";

const secrets = { username: "1700000000:ann", credential: "s3cret" };
const STUN = "stun:a.example";
const UDP = "turn:a.example";
const TCP = "turn:a.example?transport=tcp";
const TLS = "turns:a.example";
const everyServer = [{ urls: STUN }, { urls: [UDP, TCP, TLS], ...secrets }];
const checked = { protocol: 1, iceServers: everyServer };

const noDevices = { audio: false, video: false };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Starts a check and lets the test play the server. */
async function start(
  options: CheckOptions = {},
  behaviour: (url: string) => IceBehaviour = () => "works",
  overrides: Partial<Browser> = {},
) {
  const { connections, createPeerConnection } = fakeIce(behaviour);
  const browser = fakeBrowser({ createPeerConnection, ...overrides });
  const { sockets, openSocket } = fakeSockets();
  const report = Cignal.checkConnection(
    { mediaConstraints: noDevices, timeoutMs: 2_000, ...options },
    { browser, openSocket },
  );
  await vi.waitFor(() => expect(sockets).toHaveLength(1));
  const [socket] = sockets as [FakeSocket];
  return { report, socket, connections };
}

/** The report of a check whose server lets us in, once all its time is over. */
async function check(...args: Parameters<typeof start>) {
  const { report, socket, connections } = await start(...args);
  socket.arrive();
  socket.receive("checked", checked);
  await vi.advanceTimersByTimeAsync(20_000);
  const done = await report;
  // Whatever came of it, nothing stays open and nothing secret is told.
  expect(connections.every(({ closed }) => closed)).toBe(true);
  expect(socket.connected).toBe(false);
  expect(JSON.stringify(done)).not.toMatch(/s3cret|1700000000/);
  expect(vi.getTimerCount()).toBe(0);
  return done;
}

describe("the signalling leg", () => {
  it("H7: asks with random ids, takes the servers, and leaves no socket", async () => {
    const { report, socket } = await start();
    socket.arrive();
    expect(socket.handshake).toEqual({
      protocol: [1],
      roomId: expect.stringMatching(/^[\w-]{22}$/),
      peerId: expect.stringMatching(/^[\w-]{22}$/),
      check: true,
    });
    socket.receive("checked", checked);
    expect(socket.connected).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(await report).toMatchObject({
      ok: true,
      signaling: { verdict: "ok", ms: expect.any(Number) },
      turnTls: { verdict: "ok" },
    });
  });

  it("H8: shows a token, or asks for it, and says if there is none", async () => {
    for (const token of ["t0ken", () => "t0ken", async () => "t0ken"]) {
      const { report, socket } = await start({ token });
      socket.arrive();
      await vi.advanceTimersByTimeAsync(0);
      expect(socket.handshake).toMatchObject({ check: true, token: "t0ken" });
      socket.receive("checked", checked);
      expect(await report).toMatchObject({ signaling: { verdict: "ok" } });
    }
    const { report, socket } = await start({ token: () => Promise.reject(new Error("s3cret")) });
    socket.arrive();
    const { signaling } = await report;
    expect(signaling).toMatchObject({ verdict: "failed", code: "token-failed" });
    expect(JSON.stringify(signaling)).not.toContain("s3cret");
  });

  it("H7: leaves the room that a server makes which does not know the rule", async () => {
    const { report, socket } = await start();
    socket.arrive();
    socket.welcome({ iceServers: [{ urls: STUN }] });
    expect(socket.connected).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(await report).toMatchObject({ signaling: { verdict: "ok" }, stun: { verdict: "ok" } });
  });

  it("H6: says why it was refused, and skips what it did not get", async () => {
    const { report, socket } = await start();
    socket.arrive();
    socket.receive("nonsense", {});
    socket.receive("refused", { code: "unauthorized", message: "Sign in." });
    const skipped = { verdict: "skipped", message: expect.stringContaining("Cignal server") };
    expect(await report).toMatchObject({
      ok: false,
      signaling: { verdict: "failed", code: "unauthorized", message: "Sign in." },
      stun: skipped,
      turnUdp: skipped,
      turnTcp: skipped,
      turnTls: skipped,
    });
  });

  it("fails with server-unreachable when its time is over, and checks servers that were given", async () => {
    const { report, socket } = await start({ iceServers: [{ urls: STUN }] });
    socket.failToConnect("xhr poll error");
    await vi.advanceTimersByTimeAsync(2_000);
    const { ok, signaling, stun } = await report;
    expect(ok).toBe(false);
    expect(signaling).toMatchObject({ code: "server-unreachable" });
    expect(signaling.message).toContain("https://example.org/cignal");
    expect(stun.verdict).toBe("ok");
  });

  it("fails with not-a-cignal-server where the namespace is not there", async () => {
    const { report, socket } = await start();
    socket.failToConnect("Invalid namespace", { final: true });
    expect(await report).toMatchObject({ signaling: { code: "not-a-cignal-server" } });
  });

  it("a wrong address is a TypeError", async () => {
    await expect(Cignal.checkConnection({ url: "ftp://a" })).rejects.toThrow(TypeError);
  });
});

describe("the legs to STUN and TURN", () => {
  const legs = [
    ["stun", STUN],
    ["turnUdp", UDP],
    ["turnTcp", TCP],
    ["turnTls", TLS],
  ] as const;

  it("asks each server for one leg, and for relayed paths alone where it is TURN", async () => {
    const { report, socket, connections } = await start();
    socket.arrive();
    socket.receive("checked", checked);
    await vi.advanceTimersByTimeAsync(0);
    await report;
    const asked = connections.map(({ configuration: { iceServers, iceTransportPolicy } }) => [
      iceTransportPolicy,
      iceServers,
    ]);
    const turn = (url: string) => ["relay", [{ urls: [url], ...secrets }]];
    expect(asked).toHaveLength(7);
    expect(asked).toEqual(
      expect.arrayContaining([["all", [{ urls: [STUN] }]], turn(UDP), turn(TCP), turn(TLS)]),
    );
  });

  it.each(legs)(
    "%s is unreachable where nobody answers, and the others are not",
    async (leg, url) => {
      for (const behaviour of ["unreachable", "silent", "offline"] as const) {
        const report = await check({}, (asked) => (asked === url ? behaviour : "works"));
        expect(report[leg]).toMatchObject({ verdict: "failed", code: "unreachable" });
        expect(report.ok).toBe(false);
        for (const [other] of legs) if (other !== leg) expect(report[other].verdict).toBe("ok");
      }
    },
  );

  it.each(legs.slice(1))(
    "%s is unauthorized where TURN refuses the credentials",
    async (leg, url) => {
      const report = await check({}, (asked) => (asked === url ? 401 : "works"));
      expect(report[leg]).toMatchObject({ verdict: "failed", code: "unauthorized" });
    },
  );

  it.each(legs.slice(1))("%s is turn-failed where TURN answers otherwise", async (leg, url) => {
    const report = await check({}, (asked) => (asked === url ? 486 : "works"));
    expect(report[leg]).toMatchObject({ verdict: "failed", code: "turn-failed" });
  });

  it.each(legs.slice(1))("%s is packets-lost where TURN passes nothing on", async (leg, url) => {
    const report = await check({}, (asked) => (asked === url ? "passes no packets" : "works"));
    expect(report[leg]).toMatchObject({ verdict: "failed", code: "packets-lost" });
  });

  it("stun is ok in a network that does not translate addresses", async () => {
    const report = await check({}, (url) => (url === STUN ? "tells nothing new" : "works"));
    expect(report.stun).toMatchObject({ verdict: "ok", message: expect.stringContaining("not") });
  });

  it("one server of several is enough for a leg", async () => {
    const iceServers = [{ urls: ["stun:b.example", STUN] }];
    const report = await check({ iceServers }, (url) => (url === STUN ? "works" : "unreachable"));
    expect(report).toMatchObject({ ok: true, stun: { verdict: "ok" } });
  });

  it("what the list does not have is skipped, and that is ok", async () => {
    const report = await check({ iceServers: [] });
    expect(report.ok).toBe(true);
    for (const [leg] of legs) expect(report[leg]).toMatchObject({ verdict: "skipped", ms: 0 });
  });

  it("what the browser refuses is a bad-argument, told without what it holds", async () => {
    const report = await check({ iceServers: [{ urls: "stun:!" }] });
    expect(report.stun).toMatchObject({ verdict: "failed", code: "bad-argument" });
  });
});

describe("the devices", () => {
  const both = { audio: true, video: { width: 640 } };

  it("are asked for one after the other, as in a call, and released at once", async () => {
    const streams: MediaStream[] = [];
    const getUserMedia = vi.fn(async ({ audio }: MediaStreamConstraints) => {
      streams.push(fakeStream(audio ? "audio" : "video"));
      return streams.at(-1) as MediaStream;
    });
    const overrides = { getUserMedia: () => getUserMedia };
    const report = await check({ mediaConstraints: both }, undefined, overrides);
    expect(getUserMedia.mock.calls).toEqual([[{ audio: true }], [{ video: { width: 640 } }]]);
    expect(report).toMatchObject({ ok: true, microphone: { verdict: "ok" } });
    expect(report.camera.verdict).toBe("ok");
    const tracks = streams.flatMap((stream) => stream.getTracks()) as unknown as FakeTrack[];
    expect(tracks.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
  });

  it("fail one by one, in the words of a call", async () => {
    const report = await check({ mediaConstraints: both }, undefined, {
      getUserMedia: () => async (constraints) => {
        if (constraints.video) throw Object.assign(new Error("none"), { name: "NotFoundError" });
        return fakeStream("audio");
      },
    });
    expect(report).toMatchObject({ ok: false, microphone: { verdict: "ok" } });
    expect(report.camera).toMatchObject({ code: "device-not-found" });
    expect(report.camera.message).toContain("camera");
  });

  it("are insecure-page where a browser hides them, and skipped where nobody wants them", async () => {
    const mediaConstraints = { audio: true, video: false };
    const report = await check({ mediaConstraints }, undefined, { getUserMedia: () => undefined });
    expect(report.microphone).toMatchObject({ verdict: "failed", code: "insecure-page" });
    expect(report.camera.verdict).toBe("skipped");
  });

  it("time out where nobody answers the browser, and are released when somebody does later", async () => {
    const late = fakeStream("audio");
    let answer = (_: MediaStream) => {};
    const asked = new Promise<MediaStream>((resolve) => {
      answer = resolve;
    });
    const mediaConstraints = { audio: true, video: false };
    const overrides = { getUserMedia: () => () => asked };
    const report = await check({ mediaConstraints }, undefined, overrides);
    expect(report.microphone).toMatchObject({ verdict: "failed", code: "timeout" });
    answer(late);
    await vi.advanceTimersByTimeAsync(0);
    expect(late.getTracks()[0]?.readyState).toBe("ended");
  });
});
