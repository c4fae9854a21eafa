import { readFileSync } from "node:fs";
import type { CignalOptions } from "cignal-client";
import express from "express";
import { UnsecuredJWT } from "jose";
import { addCalls } from "../docs/secure-server.js";
import { startCall } from "../lib/call.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { pages } from "../lib/server.js";
import { expect, test } from "../lib/test.js";
import { authenticate, inSeconds, secret, sign } from "../lib/tokens.js";

/** Whoever says that they are more than they are. */
const liar: CignalOptions = { peerName: "Root", role: "host" };

test.use({
  serverOptions: {
    cignal: {
      maxPeers: 4,
      authenticate,
      authorize: ({ role }, action) => action !== "set-ice-servers" || role === "host",
    },
  },
});

test("H9, H11: with a token a browser has its name and role, and its rights, whatever it claims", async ({
  openPeer,
  roomId,
}) => {
  const guestToken = await sign({ room: [roomId, "another"], name: "Ann" });
  const hostToken = await sign({ room: roomId, name: "Bob", role: "host" });
  const guest = await openPeer({ ...liar, peerId: "guest", token: guestToken });
  const host = await openPeer({ peerId: "host", peerName: "X", role: "Y", token: hostToken });

  await guest.sees(1);
  const about = expect.objectContaining({ platform: "Web" });
  const media = { microphone: "on", camera: "on", screen: "off" };
  expect((await guest.state()).me).toEqual({ id: "guest", name: "Ann", about, media });
  expect((await host.state()).me).toEqual({
    id: "host",
    name: "Bob",
    role: "host",
    host: true,
    about,
    media,
  });
  expect(await guest.events("peerJoined")).toMatchObject([
    ["Bob", { peer: { id: "host", name: "Bob", role: "host" } }],
  ]);
  expect(await host.events("peerJoined")).toMatchObject([["Ann", { peer: { id: "guest" } }]]);
  expect(await guest.setICEServers([])).toMatchObject({
    success: false,
    error: { code: "forbidden" },
  });
  expect(await host.setICEServers([])).toEqual({ success: true });
});

test("H10, H4: without a good token a browser is told the code, keeps neither socket nor camera, and a call in the room goes on", async ({
  openCall,
  openPage,
  roomId,
  server,
}) => {
  const pair = await openCall({ token: await sign({ room: roomId, name: "Ann" }) });
  const before = await server.cignal.rooms.all();
  const tokens: Record<string, [string | undefined, string]> = {
    "no token": [undefined, "unauthorized"],
    "one that has expired": [await sign({ room: roomId, exp: inSeconds(-1) }), "token-expired"],
    "one for another room": [await sign({ room: "another" }), "forbidden"],
    "one for no room": [await sign({ name: "Ann" }), "forbidden"],
    "one for another peer": [await sign({ room: roomId, peerId: "first" }), "forbidden"],
    "one of another secret": [await sign({ room: roomId }, "x".repeat(32)), "unauthorized"],
    "one without signature": [
      new UnsecuredJWT({ room: roomId, exp: inSeconds(60) }).encode(),
      "unauthorized",
    ],
    "a page of text": ["x".repeat(8_192), "unauthorized"],
    "more than that": ["x".repeat(8_193), "too-large"],
  };
  const stranger = await openPage();

  for (const [what, [token, code]] of Object.entries(tokens)) {
    await test.step(what, async () => {
      expect(await stranger.enter({ ...liar, roomId, peerId: "stranger", token })).toMatchObject({
        success: false,
        error: { name: "CignalError", code, message: expect.stringMatching(/\w+ \w+/) },
      });
      await expect.poll(() => server.clients).toBe(2);
    });
  }

  await expect
    .poll(async () => new Set(await stranger.capturedTracks()))
    .toEqual(new Set(["ended"]));
  expect(await server.cignal.rooms.all()).toEqual(before);
  await expectFrames(pair[0].page, pair[1].page);
  await expectAudio(pair[0].page, pair[1].page);
  for (const peer of pair) {
    expect(await peer.connectionStates()).toEqual(["connected"]);
    expect(await peer.events("peerJoined")).toHaveLength(1);
    for (const event of ["peerHangUp", "reconnecting", "serverError", "clientError"] as const) {
      expect(await peer.events(event)).toEqual([]);
    }
  }
});

test("H11: where nobody is asked for a token, a claimed role is shown, and gives no right", async ({
  openPage,
  roomId,
  startServer,
}) => {
  const { url } = await startServer({
    cignal: { authorize: ({ role }, action) => action === "join" || role === "host" },
  });
  const opener = await openPage({ url });
  expect(await opener.enter({ roomId })).toEqual({ success: true });
  const peer = await openPage({ url });
  expect(await peer.enter({ ...liar, roomId })).toEqual({ success: true });
  expect((await peer.state()).me).toMatchObject({ name: "Root", role: "host" });
  expect(await peer.setICEServers([])).toMatchObject({ error: { code: "forbidden" } });
});

test("L8: a call outlives its tokens as long as the page gets new ones, and ends for who has none", async ({
  openPage,
  roomId,
}) => {
  const [renewing, stuck] = [await openPage(), await openPage()];
  let given = 0;
  await renewing.page.exposeFunction("freshToken", () => {
    given++;
    return sign({ room: roomId, name: "Ann", exp: inSeconds(2) });
  });
  const entered = renewing.page.evaluate(
    (roomId) =>
      lab.enter({
        roomId,
        peerId: "renewing",
        token: () => (globalThis as unknown as { freshToken(): Promise<string> }).freshToken(),
        mediaConstraints: { audio: true, video: { width: 320, height: 240, frameRate: 15 } },
      }),
    roomId,
  );
  expect(await entered).toEqual({ success: true });
  const token = await sign({ room: roomId, name: "Bob", exp: inSeconds(15) });
  expect(await stuck.enter({ roomId, peerId: "stuck", token })).toEqual({ success: true });
  await Promise.all([renewing.sees(1), stuck.sees(1)]);
  await startCall(renewing, stuck);

  await expect.poll(() => given, { timeout: 30_000 }).toBeGreaterThan(3);
  await expectFrames(renewing.page, stuck.page);
  for (const peer of [renewing, stuck]) {
    expect(await peer.connectionStates()).toEqual(["connected"]);
    expect(await peer.events("peerJoined")).toHaveLength(1);
    for (const event of ["peerHangUp", "reconnecting", "serverError"] as const) {
      expect(await peer.events(event)).toEqual([]);
    }
  }

  await expect
    .poll(() => stuck.events("serverError"), { timeout: 30_000 })
    .toMatchObject([[{ reason: { code: "token-expired" } }]]);
  // Its place was kept for 10 s.
  await expect
    .poll(() => renewing.events("peerHangUp"), { timeout: 30_000 })
    .toMatchObject([[{}, { peer: { id: "stuck" } }]]);
  expect(await stuck.page.evaluate(() => cignal.closed)).toBe(true);
  expect(new Set(await stuck.capturedTracks())).toEqual(new Set(["ended"]));
  expect((await renewing.state()).signaling).toBe("joined");
});

test("The samples of docs/secure.md give tokens to who is signed in, and let in nobody else", async ({
  openPage,
  startServer,
}) => {
  const app = express();
  const server = await startServer({ cignal: "none", listener: app });
  const users: Record<string, { id: string; name: string; role?: string }> = {
    ann: { id: "1", name: "Ann", role: "host" },
    bob: { id: "2", name: "Bob" },
  };
  const cignal = addCalls(app, server.io, {
    secret,
    origin: server.url,
    userOf: (request, room) =>
      room === "consultation" ? users[request.headers.cookie?.split("=")[1] ?? ""] : undefined,
  });
  app.use(pages());
  const open = async (user: string, roomId: string) => {
    const peer = await openPage({ url: server.url, path: `/?roomId=${roomId}` });
    await peer.page.evaluate((user) => {
      // biome-ignore lint/suspicious/noDocumentCookie: The other way is not everywhere.
      document.cookie = `user=${user}`;
      document.body.innerHTML = "<p id=status></p>";
    }, user);
    const content = readFileSync(new URL("../docs/secure.js", import.meta.url), "utf8");
    await peer.page.addScriptTag({ content, type: "module" });
    return peer;
  };
  const status = (peer: Peer) => peer.page.locator("#status");

  const ann = await open("ann", "consultation");
  await expect(status(ann)).toHaveText("You are Ann.");
  const bob = await open("bob", "consultation");
  await expect(status(bob)).toHaveText("Ann is here.");
  await expect(status(ann)).toHaveText("Bob is here.");
  await expect(status(await open("carol", "consultation"))).toHaveText(
    "You may not enter this room.",
  );
  await expect(status(await open("bob", "another"))).toHaveText("You may not enter this room.");
  const [room] = await cignal.rooms.all();
  expect(room?.peers).toMatchObject([{ name: "Ann", role: "host" }, { name: "Bob" }]);
  await cignal.close();
});
