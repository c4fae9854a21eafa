import type { CignalOptions } from "cignal-client";
import { startCall } from "../lib/call.js";
import { expectFrames, traffic } from "../lib/media.js";
import { ask, comeTo, update, watch } from "../lib/place.js";
import { expect, test } from "../lib/test.js";
import { authenticate, sign } from "../lib/tokens.js";

test.use({ serverOptions: { cignal: { maxPeers: 4, presence: "names" } } });

/** What each of them is in the room. */
const ann: CignalOptions = { peerId: "ann", peerName: "Ann" };
const bob: CignalOptions = { peerId: "bob", peerName: "Bob" };
const carol: CignalOptions = { peerId: "carol", peerName: "Carol" };

test("O10: a page that is not in a room sees who is, without camera or membership", async ({
  openPage,
  openPeer,
  roomId,
  server,
}) => {
  const outside = await openPage();
  const presences = await watch(outside.page, roomId);
  const last = async () => (await presences()).at(-1);
  expect(await last()).toMatchObject({ open: false, size: 0, capacity: 4, peers: [] });

  const first = await openPeer(ann);
  const second = await openPeer(bob);
  await expect.poll(last).toMatchObject({
    open: true,
    size: 2,
    host: true,
    peers: [{ name: "Ann", host: true }, { name: "Bob" }],
  });
  expect((await first.state()).peers).toHaveLength(1);
  // It comes back by itself.
  for (const { handshake, conn } of server.io.of("/cignal").sockets.values()) {
    if (handshake.auth["watch"]) conn.close();
  }
  await first.leave();
  await expect.poll(last).toMatchObject({ size: 1, peers: [{ name: "Bob" }] });
  expect(await outside.capturedTracks()).toEqual([]);

  const heard = (await presences()).length;
  await outside.page.evaluate(() => watching.stop());
  await second.leave();
  expect(await presences()).toHaveLength(heard);
});

test("O2: a room is opened once, and joined while it is there", async ({ openPage, roomId }) => {
  const [first, second, third] = [await openPage(), await openPage(), await openPage()];
  const join = { roomId, enter: "join" } as const;
  const open = { roomId, enter: "open" } as const;
  expect(await first.enter(join)).toMatchObject({ error: { code: "no-such-room" } });
  expect(await first.enter({ ...ann, ...open })).toEqual({ success: true });
  expect(await second.enter(open)).toMatchObject({ error: { code: "room-exists" } });
  expect(await second.enter({ ...bob, ...join })).toEqual({ success: true });
  expect(await third.enter({ ...carol, roomId })).toEqual({ success: true });
  await first.sees(2);
});

test("O4: who knocks at a locked room waits without a camera, and is let in or turned away", async ({
  openPage,
  openPeer,
  roomId,
}) => {
  const host = await openPeer(ann);
  const [second, third] = [await openPage(), await openPage()];
  expect(await ask(host, "lock")).toEqual({ success: true });
  expect((await host.state()).room).toMatchObject({ locked: true });
  expect(await second.enter({ ...bob, roomId })).toMatchObject({ error: { code: "room-locked" } });

  const knocks = await comeTo(second, { ...bob, roomId, knock: true });
  await expect.poll(knocks.waiting).toEqual(["knock"]);
  await expect
    .poll(() => host.events("knocking"))
    .toMatchObject([["Bob", { peer: { id: "bob" } }]]);
  // Of the attempt before.
  expect(new Set(await second.capturedTracks())).not.toContain("live");
  expect(await ask(host, "admit", "bob")).toEqual({ success: true });
  expect(await knocks.entered()).toEqual({ success: true });
  await host.sees(1);
  await startCall(host, second);

  const turned = await comeTo(third, { ...carol, roomId, knock: true });
  await expect.poll(() => host.events("knocking")).toHaveLength(2);
  expect(await ask(second, "admit", "carol")).toMatchObject({ error: { code: "forbidden" } });
  expect(await ask(host, "turnAway", "carol")).toEqual({ success: true });
  expect(await turned.entered()).toMatchObject({ error: { code: "turned-away" } });
  await expect.poll(() => host.events("knockEnded")).toHaveLength(2);
  expect((await host.state()).waiting).toEqual([]);
  expect(await third.capturedTracks()).toEqual([]);
});

test("O3: a locked room is told to all, keeps out who does not knock, and takes back who was cut off", async ({
  openPage,
  openPeer,
  roomId,
  server,
}) => {
  const host = await openPeer(ann);
  const guest = await openPeer(bob);
  const third = await openPage();
  expect(await ask(guest, "lock")).toMatchObject({ error: { code: "forbidden" } });
  expect(await ask(host, "lock")).toEqual({ success: true });
  const locked = { locked: true, hasPassword: false };
  await expect.poll(() => guest.events("roomUpdated")).toMatchObject([[locked]]);

  const greetings = () => server.messages.filter(({ type }) => type === "welcome").length;
  const before = greetings();
  for (const id of ["ann", "bob"]) server.drop(id);
  await expect.poll(greetings).toBeGreaterThanOrEqual(before + 2);
  await expect.poll(async () => (await guest.state()).signaling).toBe("joined");
  expect(await third.enter({ ...carol, roomId })).toMatchObject({ error: { code: "room-locked" } });

  const knocks = await comeTo(third, { ...carol, roomId, knock: true });
  await expect.poll(knocks.waiting).toEqual(["knock"]);
  expect(await ask(host, "unlock")).toEqual({ success: true });
  expect(await knocks.entered()).toEqual({ success: true });
  await host.sees(2);
});

test("O7: a room with a password asks for it, and counts wrong ones", async ({
  openPage,
  openPeer,
  roomId,
}) => {
  const host = await openPeer({ ...ann, password: "open sesame" });
  const [second, third] = [await openPage(), await openPage()];
  expect((await host.state()).room).toMatchObject({ hasPassword: true });
  const enter = (password?: string) => second.enter({ ...bob, roomId, password });
  expect(await enter()).toMatchObject({ error: { code: "password-required" } });
  expect(await enter("open rye")).toMatchObject({ error: { code: "wrong-password" } });
  expect(await enter("open sesame")).toEqual({ success: true });

  expect(await ask(host, "setPassword", "simsim")).toEqual({ success: true });
  expect(await third.enter({ ...carol, roomId, password: "open sesame" })).toMatchObject({
    error: { code: "wrong-password" },
  });
  await expect(async () => {
    const tried = await third.enter({ ...carol, roomId, password: "again" });
    expect(tried).toMatchObject({ error: { code: "rate-limited", retryable: true } });
  }).toPass();
  expect(await ask(host, "setPassword", null)).toEqual({ success: true });
  expect(await third.enter({ ...carol, roomId })).toEqual({ success: true });
});

test("O6: who is put out captures nothing, is told why, and cannot come back; the call of the others goes on", async ({
  openPeer,
  roomId,
}) => {
  const host = await openPeer(ann);
  const second = await openPeer(bob);
  const third = await openPeer(carol);
  await Promise.all([host.sees(2), second.sees(2)]);
  expect(await host.call()).toEqual({ success: true });
  await expectFrames(host.page, second.page);
  expect(await ask(second, "remove", "carol")).toMatchObject({ error: { code: "forbidden" } });
  expect(await ask(host, "remove", "carol")).toEqual({ success: true });

  await expect
    .poll(() => third.events("serverError"))
    .toMatchObject([[{ reason: { code: "removed" } }]]);
  expect(await third.capturedTracks()).toEqual(["ended", "ended"]);
  await expect.poll(() => third.connectionStates()).toEqual(["closed", "closed"]);
  await expect
    .poll(() => second.events("peerHangUp"))
    .toMatchObject([[{ reason: "removed" }, { peer: { id: "carol" } }]]);
  expect(await third.enter({ ...carol, roomId })).toMatchObject({ error: { code: "removed" } });
  await expectFrames(host.page, second.page);
});

test("O6: a host ends the room for everybody", async ({ openPeer, openPage, roomId }) => {
  const host = await openPeer(ann);
  const others = [await openPeer(bob), await openPeer(carol)];
  await host.sees(2);
  expect(await ask(host, "endForAll")).toEqual({ success: true });
  for (const other of others) {
    await expect
      .poll(() => other.events("serverError"))
      .toMatchObject([[{ reason: { code: "room-ended" } }]]);
  }
  for (const peer of [host, ...others]) {
    expect(await peer.page.evaluate(() => cignal.closed)).toBe(true);
    expect(await peer.capturedTracks()).toEqual(["ended", "ended"]);
  }
  expect(await host.events("serverError")).toEqual([]);
  const next = await openPage();
  expect(await next.enter({ roomId, enter: "join" })).toMatchObject({
    error: { code: "no-such-room" },
  });
});

test("O8, O1: a host hands the room over, and who is left inherits it", async ({ openPeer }) => {
  const first = await openPeer(ann);
  const second = await openPeer(bob);
  const third = await openPeer(carol);
  await first.sees(2);
  const hosts = async (peer: typeof first) => {
    const { me, peers } = await peer.state();
    return [me, ...peers].flatMap(({ id, host }) => (host ? [id] : []));
  };
  expect(await ask(first, "makeHost", "bob")).toEqual({ success: true });
  for (const peer of [first, second, third]) await expect.poll(() => hosts(peer)).toEqual(["bob"]);
  expect(await second.events("peerUpdated")).toContainEqual([
    "Bob",
    { peer: expect.objectContaining({ id: "bob", host: true }) },
  ]);
  expect(await ask(first, "lock")).toMatchObject({ error: { code: "forbidden" } });
  expect(await ask(second, "lock")).toEqual({ success: true });
  await second.leave();
  await expect.poll(() => hosts(third)).toEqual(["ann"]);
});

test("O9: what somebody tells of themselves is seen by all, and by who comes later", async ({
  openPeer,
  server,
}) => {
  const first = await openPeer({ ...ann, details: { seat: 1 } });
  const second = await openPeer(bob);
  await first.sees(1);
  const seen = async (peer: typeof first) => (await peer.state()).peers.find((p) => p.id === "ann");
  const media = { microphone: "on", camera: "on", screen: "off" };
  expect(await seen(second)).toMatchObject({ name: "Ann", details: { seat: 1 }, media });
  expect(server.received("update")).toEqual([]);

  expect(await update(first, { name: "Anna", details: { seat: 2 } })).toEqual({ success: true });
  await first.page.evaluate(() => {
    cignal.microphone.mute();
    cignal.camera.stop();
  });
  const now = {
    name: "Anna",
    details: { seat: 2 },
    media: { microphone: "muted", camera: "off", screen: "off" },
  };
  await expect.poll(() => seen(second)).toMatchObject(now);
  const third = await openPeer(carol);
  expect(await seen(third)).toMatchObject(now);
  expect((await first.state()).me).toMatchObject(now);
  expect(server.received("update")).toHaveLength(2);
  expect(await update(first, { name: "" })).toMatchObject({ error: { code: "bad-message" } });
});

test.describe("with roles that the server knows", () => {
  test.use({ serverOptions: { cignal: { maxPeers: 2, authenticate, waitForHost: true } } });

  test("O5: guests wait for a host, and come in when there is one", async ({
    openPage,
    openPeer,
    roomId,
  }) => {
    const guest = await openPage();
    const token = await sign({ room: roomId, name: "Bob" });
    const waits = await comeTo(guest, { peerId: "bob", roomId, token });
    await expect.poll(waits.waiting).toEqual(["host"]);
    const second = await openPage();
    const late = await comeTo(second, {
      roomId,
      token: await sign({ room: roomId, name: "Carol" }),
    });
    await expect.poll(late.waiting).toEqual(["host"]);

    const host = await openPeer({
      peerId: "host",
      token: await sign({ room: roomId, name: "Ann", role: "host" }),
    });
    expect(await waits.entered()).toEqual({ success: true });
    expect(await late.entered()).toMatchObject({ error: { code: "room-full" } });
    await startCall(guest, host);
    await expect.poll(() => second.capturedTracks()).not.toContain("live");
  });

  test("O11: an inspector sees a call of two, before and after it begins, and sends nothing", async ({
    openPeer,
    roomId,
  }) => {
    const as = (name: string, role?: string) => sign({ room: roomId, name, ...(role && { role }) });
    const host = await openPeer({ peerId: "host", token: await as("Ann", "host") });
    const guest = await openPeer({ peerId: "guest", token: await as("Bob") });
    const role = "inspector";
    const early = await openPeer({ peerId: "early", role, token: await as("Eve", role) });
    await host.sees(2);
    expect((await early.state()).me).toMatchObject({ inspector: true });
    await startCall(guest, host);
    await expectFrames(early.page);
    const late = await openPeer({ peerId: "late", role, token: await as("Lee", role) });
    await expectFrames(late.page, host.page);

    for (const inspector of [early, late]) {
      expect(await inspector.capturedTracks()).toEqual([]);
      expect((await traffic(inspector.page)).bytesSent).toBe(0);
      expect(await inspector.inform("hello")).toMatchObject({ error: { code: "forbidden" } });
      expect(await inspector.call()).toMatchObject({ error: { code: "forbidden" } });
      expect(await inspector.events("serverError")).toEqual([]);
    }
    expect((await host.events("remoteStream")).map(([, about]) => about)).toMatchObject([
      { peer: { id: "guest" } },
    ]);
    await guest.leave();
    await expect
      .poll(async () => (await early.state()).peers.map(({ call }) => call))
      .not.toContain("in-call");
  });
});
