import { allRooms, totalRoomsRunning } from "cignal-server";
import { expect, test } from "../lib/test.js";

/** Nobody looks at a picture here. */
const mediaConstraints = { audio: false, video: false };

test("DEFECTS 9: totalRoomsRunning and allRooms tell of three rooms, then of none, in plain JSON", async ({
  openPeer,
}) => {
  const ids = ["one", "two", "three"];
  const peers = await Promise.all(
    ids.map((roomId) => openPeer({ roomId, peerId: `in ${roomId}`, mediaConstraints })),
  );

  expect(await totalRoomsRunning()).toBe(3);
  const rooms = await allRooms();
  expect(new Set(rooms.map(({ id }) => id))).toEqual(new Set(ids));
  expect(rooms.map(({ id, peers }) => peers[0]?.id === `in ${id}`)).toEqual([true, true, true]);
  expect(JSON.parse(JSON.stringify(rooms))).toStrictEqual(rooms);

  for (const peer of peers) await peer.leave();
  await expect.poll(() => totalRoomsRunning()).toBe(0);
  expect(await allRooms()).toEqual([]);
  expect(rooms).toHaveLength(3);
});

test("DEFECTS 16: the same link leads into the same room, whatever characters its id has", async ({
  openPage,
  server,
}) => {
  const roomId = "Büro 7 & 😀 50%+?#/=";
  const path = `/?xroomId=wrong&roomId=${encodeURIComponent(roomId)}`;
  const peers = [await openPage({ path }), await openPage({ path })];
  for (const peer of peers) {
    await peer.page.evaluate(
      (mediaConstraints) =>
        lab.enter({ roomId: Cignal.getUrlParam("roomId", null), mediaConstraints }),
      mediaConstraints,
    );
  }
  for (const peer of peers) {
    await peer.sees(1);
    expect(await peer.page.evaluate(() => cignal.id)).toBe(roomId);
  }
  expect((await server.cignal.rooms.all()).map(({ id }) => id)).toEqual([roomId]);
});

test("DEFECTS 4: without a room id each room is a new one, with 128 random bits as its id", async ({
  openPage,
  server,
}) => {
  const { page } = await openPage();
  const made = await page.evaluate(async (mediaConstraints) => {
    const blank = [undefined, null, "", Cignal.getUrlParam("roomId"), undefined];
    const rooms = await Promise.all(
      blank.map((roomId) => Cignal.createRoom({ roomId, mediaConstraints })),
    );
    return rooms.flatMap(({ id, data }) => [id, data.myPeerId]);
  }, mediaConstraints);
  expect(made).toHaveLength(10);
  expect(new Set(made).size).toBe(10);
  for (const id of made) expect(id).toMatch(/^[\w-]{22}$/);
  expect(await server.cignal.rooms.count()).toBe(5);
});

const names = [
  { options: { peerName: "Ada", role: "teacher" }, name: "Ada" },
  { options: { role: "student" }, name: "student" },
  { options: {}, name: "Peer" },
  { options: { peerName: "", role: null }, name: "Peer" },
];

for (const { options, name } of names) {
  test(`J4, DEFECTS 13: with ${JSON.stringify(options)} both sides see the name "${name}"`, async ({
    openPeer,
  }) => {
    const named = await openPeer({ ...options, mediaConstraints });
    const other = await openPeer({ peerName: "Other", mediaConstraints });
    await Promise.all([named.sees(1), other.sees(1)]);
    expect(await other.events("peerJoined")).toMatchObject([[name, { peer: { name } }]]);
    expect(await named.events("peerJoined")).toMatchObject([["Other", {}]]);
    const data = () => ({
      mine: cignal.data.myDisplayName,
      theirs: cignal.data.remoteDisplayName,
      role: cignal.data.remoteRole,
    });
    expect(await named.page.evaluate(data)).toEqual({ mine: name, theirs: "Other" });
    const role = options.role ?? undefined;
    expect(await other.page.evaluate(data)).toEqual({ mine: "Other", theirs: name, role });
  });
}

const wrong: { what: string; options: object; error: object }[] = [
  {
    what: "an address that is none of a web server",
    options: { url: "ftp://example.org" },
    error: { name: "TypeError", message: expect.stringContaining("url: expected the address") },
  },
  {
    what: "a room id that is too long",
    options: { roomId: "x".repeat(129) },
    error: { name: "CignalError", code: "too-large", field: "roomId" },
  },
  {
    what: "a peer id that is no text",
    options: { peerId: 7 },
    error: { name: "TypeError", message: "peerId: expected a string" },
  },
  {
    what: "a name with control characters",
    options: { peerName: "Ada\u0000" },
    error: { name: "CignalError", code: "bad-message", field: "peerName" },
  },
];

for (const { what, options, error } of wrong) {
  test(`DEFECTS 4: createRoom rejects ${what}, and says which option it is`, async ({
    openPage,
    server,
  }) => {
    const peer = await openPage();
    expect(await peer.enter({ mediaConstraints, ...options })).toMatchObject({
      success: false,
      error,
    });
    await expect.poll(() => server.clients).toBe(0);
    await expect.poll(() => server.cignal.rooms.count()).toBe(0);
  });
}
