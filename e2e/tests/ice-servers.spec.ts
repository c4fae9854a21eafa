import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const mediaConstraints = { audio: false, video: false };

const byDefault = [{ urls: ["stun:127.0.0.1:9"] }];

const ofTheRoom = [
  { urls: "stun:127.0.0.1:10" },
  {
    urls: ["turn:127.0.0.1:11", "turn:127.0.0.1:11?transport=tcp"],
    username: "user",
    credential: "secret",
  },
];

test.use({ serverOptions: { cignal: { maxPeers: 3, iceServers: byDefault } } });

test("C2, DEFECTS 2, DEFECTS 3, DEFECTS 14: setICEServers reaches both sides and who comes later, in this room alone", async ({
  openPair,
  openPeer,
}) => {
  const here = await openPair({ mediaConstraints });
  const there = await openPair({ mediaConstraints, roomId: "another room" });
  await expectIceServers([...here, ...there], byDefault);

  // The one who came second made the offer; the first is the one without TURN in the predecessor.
  expect(await here[1].setICEServers(ofTheRoom)).toEqual({ success: true });

  await expectIceServers(here, ofTheRoom);
  const later = await openPeer({ mediaConstraints, peerId: "later" });
  await expectIceServers([later, ...here], ofTheRoom, ofTheRoom);
  await expectIceServers(there, byDefault);
});

test("DEFECTS 14: lists of any valid length and form are taken", async ({ openPair }) => {
  const [first, second] = await openPair({ mediaConstraints });
  const one = [{ urls: "stun:127.0.0.1:12" }];
  const many = Array.from({ length: 16 }, (_, index) => ({
    urls: [`stun:127.0.0.1:${index + 1}`],
  }));
  for (const list of [one, many, []]) {
    expect(await first.setICEServers(list)).toEqual({ success: true });
    await expectIceServers([second], list);
  }
});

const wrong = [
  { what: "an address of another kind", entry: { urls: "https://127.0.0.1" }, field: "1.urls" },
  { what: "no address", entry: { username: "user" }, field: "1.urls" },
  { what: "an empty list of addresses", entry: { urls: [] }, field: "1.urls" },
  {
    what: "a TURN server without a credential",
    entry: { urls: "turn:127.0.0.1", username: "user" },
    field: "1",
  },
];

test("C1, DEFECTS 14: a wrong entry is refused by its name, and changes nothing", async ({
  openPair,
}) => {
  const pair = await openPair({ mediaConstraints });
  const [first] = pair;
  await expectIceServers(pair, byDefault);
  for (const { what, entry, field } of wrong) {
    await test.step(what, async () => {
      expect(await first.setICEServers([{ urls: "stun:127.0.0.1:10" }, entry])).toMatchObject({
        success: false,
        error: { name: "CignalError", field: expect.stringContaining(`iceServers.${field}`) },
      });
    });
  }
  expect(await first.setICEServers("stun:127.0.0.1:10")).toMatchObject({
    success: false,
    error: { field: "iceServers" },
  });
  expect(await first.events("serverError")).toHaveLength(wrong.length + 1);
  // What was wrong is answered in order, so a change would have come before this.
  await first.inform("the end", { to: "second" });
  await expect.poll(() => pair[1].informations()).toEqual(["the end"]);
  await expectIceServers(pair, byDefault);
});

/** Waits until the connections of each page, by the browser's own word, use these lists. */
async function expectIceServers(peers: Peer[], ...lists: RTCIceServer[][]): Promise<void> {
  const expected = lists.map((list) =>
    list.map((entry) => ({ ...entry, urls: [entry.urls].flat() })),
  );
  for (const { page } of peers) {
    const used = () =>
      page.evaluate(() =>
        lab.connections.map((pc) =>
          (pc.getConfiguration().iceServers ?? []).map(({ urls, username, credential }) => ({
            urls: [urls].flat(),
            ...(username && { username, credential }),
          })),
        ),
      );
    await expect.poll(used).toEqual(expected);
  }
}
