import type { CheckOptions, ConnectionReport } from "cignal-client";
import type { Peer } from "../lib/peer.js";
import { test as base, expect } from "../lib/turn-test.js";

const test = base.extend<{ openChecker: () => Promise<Peer> }>({
  openChecker: async ({ turnBrowser, openPage }, use) => {
    await use(() => openPage({ browser: turnBrowser }));
  },
});

const noDevices = { mediaConstraints: { audio: false, video: false } };

/** Checks, and makes sure that nothing is left of it in the page. */
async function check({ page }: Peer, options: CheckOptions): Promise<ConnectionReport> {
  const report = await page.evaluate((options) => Cignal.checkConnection(options), options);
  const left = await page.evaluate(() => ({
    connections: lab.connections.filter((pc) => pc.connectionState !== "closed").length,
    tracks: lab.captured.filter((track) => track.readyState !== "ended").length,
  }));
  expect(left).toEqual({ connections: 0, tracks: 0 });
  return report;
}

const ok = { verdict: "ok", ms: expect.any(Number), message: expect.stringMatching(/^[A-Z].*\.$/) };
const failed = (code: string) => ({ ...ok, verdict: "failed", code });
const skipped = { ...ok, verdict: "skipped" };
/** The same of every way to the TURN server. */
const turn = (leg: typeof ok) => ({ turnUdp: leg, turnTcp: leg, turnTls: leg });

test("H7: with everything as it should be all legs are ok, and no room learns of it", async ({
  openChecker,
  server,
  startCoturn,
}) => {
  const coturn = await startCoturn();
  await server.cignal.setICEServers(coturn.iceServers());
  const rooms: string[] = [];
  server.cignal.on("roomOpened", ({ roomId }) => rooms.push(roomId));
  const checker = await openChecker();

  expect(await check(checker, {})).toEqual({
    ok: true,
    signaling: ok,
    stun: ok,
    ...turn(ok),
    microphone: ok,
    camera: ok,
  });

  expect(rooms).toEqual([]);
  await expect.poll(() => server.clients).toBe(0);
  expect(server.messages.map(({ direction, type }) => `${direction} ${type}`)).toEqual([
    "out checked",
  ]);
});

test("with a secret that differs, the TURN legs are unauthorized, and nothing else fails", async ({
  openChecker,
  server,
  startCoturn,
}) => {
  const coturn = await startCoturn();
  await server.cignal.setICEServers(coturn.iceServers("another secret"));

  const report = await check(await openChecker(), noDevices);

  expect(report).toEqual({
    ok: false,
    signaling: ok,
    stun: ok,
    ...turn(failed("unauthorized")),
    microphone: skipped,
    camera: skipped,
  });
  const [, { username, credential }] = coturn.iceServers("another secret") as [
    object,
    RTCIceServer,
  ];
  for (const secret of [username?.split(":")[1], credential, coturn.secret]) {
    expect(JSON.stringify(report)).not.toContain(secret);
  }
});

test("with a TURN server that was stopped, STUN and TURN are unreachable", async ({
  openChecker,
  server,
  startCoturn,
}) => {
  const coturn = await startCoturn();
  await server.cignal.setICEServers(coturn.iceServers());
  await coturn.stop();

  expect(await check(await openChecker(), { ...noDevices, timeoutMs: 3_000 })).toMatchObject({
    ok: false,
    signaling: ok,
    stun: failed("unreachable"),
    ...turn(failed("unreachable")),
  });
});

test("with a TURN server that passes no packets on, the TURN legs say so", async ({
  openChecker,
  server,
  startCoturn,
}) => {
  const coturn = await startCoturn({ relays: false });
  await server.cignal.setICEServers(coturn.iceServers());

  expect(await check(await openChecker(), { ...noDevices, timeoutMs: 3_000 })).toMatchObject({
    ok: false,
    stun: ok,
    ...turn(failed("packets-lost")),
  });
});

test("with a server that is down, signalling fails, and what was given is checked", async ({
  openChecker,
  startCoturn,
  startServer,
}) => {
  const gone = await startServer();
  gone.goDark();
  const checker = await openChecker();
  const options = { ...noDevices, url: gone.url, timeoutMs: 3_000 };

  expect(await check(checker, options)).toMatchObject({
    ok: false,
    signaling: failed("server-unreachable"),
    stun: skipped,
    turnUdp: skipped,
  });

  const iceServers = (await startCoturn()).iceServers();
  expect(await check(checker, { ...options, iceServers })).toMatchObject({
    ok: false,
    signaling: failed("server-unreachable"),
    stun: ok,
    turnUdp: ok,
  });
});
