import { startCall } from "../lib/call.js";
import { type Name, names, other, test } from "../lib/firefox.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { passedOn } from "../lib/signals.js";
import { expect } from "../lib/test.js";

for (const warm of [true, false]) {
  for (const comesFirst of names) {
    for (const caller of names) {
      test(`A ${warm ? "warm" : "cold"} call from ${caller} shows and sounds on both sides when ${comesFirst} came first`, async ({
        openBoth,
      }) => {
        const peers = await openBoth(comesFirst, { warm });

        expect(await peers[caller].call()).toEqual({ success: true });

        await expectCall(peers);
        expect(await peers[caller].events("offerReceived")).toHaveLength(0);
        expect(await peers[other(caller)].events("offerReceived")).toHaveLength(1);
      });
    }
  }
}

async function expectCall({ Firefox, Chromium }: Record<Name, Peer>): Promise<void> {
  await expectFrames(Firefox.page, Chromium.page);
  await expectAudio(Firefox.page, Chromium.page);
  for (const peer of [Firefox, Chromium]) {
    expect((await peer.connectionStates()).at(-1)).toBe("connected");
    expect((await peer.state()).peers).toMatchObject([
      { call: "in-call", connection: "connected" },
    ]);
    expect(await peer.clientErrors()).toEqual([]);
  }
}

test("P2, P3: a warm connection stands before the click and starts without the server", async ({
  openBoth,
  server,
}) => {
  const peers = await openBoth("Firefox");
  for (const peer of [peers.Firefox, peers.Chromium]) {
    await expect.poll(() => peer.capturedTracks()).toEqual(["live", "live"]);
    await expect.poll(() => peer.channelStates()).toEqual(["open"]);
  }
  const before = server.messages.length;

  await peers.Firefox.call();
  await expectCall(peers);

  expect(server.messages.slice(before)).toEqual([]);
});

test("S5, S6: both start the call in one tick, and one connection is left", async ({
  openBoth,
}) => {
  const peers = await openBoth("Chromium", { warm: false });

  const answers = await Promise.all(names.map((name) => peers[name].call()));

  expect(answers).toEqual([{ success: true }, { success: true }]);
  await expectCall(peers);
  for (const name of names) {
    // Both made a connection, and the polite one gave its own up.
    const states = await peers[name].connectionStates();
    expect(states.filter((state) => state !== "closed")).toEqual(["connected"]);
  }
});

test("P4: a camera that is allowed only during the call is seen from then on, by either", async ({
  browser,
  firefox,
  openPage,
  roomId,
}) => {
  const peers = {
    Firefox: await openPage({ browser: firefox }),
    Chromium: await openPage({ browser }),
  };
  for (const name of names) {
    await peers[name].holdDevices();
    await peers[name].enter({ roomId });
  }
  await Promise.all(names.map((name) => peers[name].sees(1)));
  expect(await peers.Chromium.call()).toEqual({ success: true });

  for (const name of names) {
    await peers[name].releaseDevices();
    await expectFrames(peers[other(name)].page);
  }

  await expectCall(peers);
});

test("S6: Chromium negotiates anew over a connection that Firefox has offered, and the call goes on", async ({
  openBoth,
}) => {
  const peers = await openBoth("Chromium");
  await startCall(peers.Chromium, peers.Firefox);
  const credentials = () => peers.Chromium.page.evaluate(iceCredentials);
  const before = await credentials();

  await peers.Chromium.page.evaluate(() => cignal.pc?.restartIce());

  await expect.poll(credentials).not.toEqual(before);
  await expectCall(peers);
});

/** Of both sides; renewed by each exchange that was completed after a restart of ICE. */
function iceCredentials(): unknown {
  const { currentLocalDescription, currentRemoteDescription } = lab.connections[0] ?? {};
  return [currentLocalDescription, currentRemoteDescription].map(
    (description) => /a=ice-ufrag:.+/.exec(description?.sdp ?? "")?.[0],
  );
}

test("I1, P1: inform goes through the server before there is a connection, and peer to peer from then on", async ({
  openBoth,
  server,
}) => {
  const peers = await openBoth("Firefox", { warm: false });
  const sent = [
    '<b>"markup"</b> 😀',
    { chatMessage: [0, false, null] },
    "x".repeat(65_000),
    "last",
  ];
  for (const name of names) {
    for (const data of sent) expect(await peers[name].inform(data)).toEqual({ success: true });
    await expect.poll(() => peers[other(name)].informations()).toEqual(sent);
  }
  expect(passedOn(server, "information")).toBe(2 * sent.length);

  await peers.Firefox.call();
  for (const name of names) await expect.poll(() => peers[name].channelStates()).toEqual(["open"]);

  for (const name of names) {
    for (const data of sent) expect(await peers[name].inform(data)).toEqual({ success: true });
    await expect.poll(() => peers[other(name)].informations()).toEqual([...sent, ...sent]);
  }
  expect(passedOn(server, "information")).toBe(2 * sent.length);
});

for (const leaver of names) {
  const stayer = other(leaver);

  test(`L1, DEFECTS 12: when ${leaver} hangs up, ${stayer} is told once, and both can call again without a reload`, async ({
    openBoth,
    roomId,
  }) => {
    const peers = await openBoth("Chromium");
    const [leaving, staying] = [peers[leaver], peers[stayer]];
    await startCall(leaving, staying);

    expect(await leaving.leave()).toEqual({ success: true });

    expect(await leaving.capturedTracks()).toEqual(["ended", "ended"]);
    expect(await leaving.connectionStates()).toEqual(["closed"]);
    await expect
      .poll(() => staying.events("peerHangUp"))
      .toMatchObject([[{ reason: "left" }, { peer: { id: leaver, name: "Peer" } }]]);
    expect(await staying.capturedTracks()).toEqual(["live", "live"]);

    expect(await leaving.enter({ roomId, peerId: leaver })).toEqual({ success: true });
    await Promise.all([leaving.sees(1), staying.sees(1)]);
    await startCall(staying, leaving);
    await expectCall(peers);
    expect(await staying.events("peerHangUp")).toHaveLength(1);
    expect(await staying.connectionStates()).toEqual(["connected"]);
  });
}

const goodbyes: Record<string, (peer: Peer) => Promise<unknown>> = {
  "goes to another page": ({ page }) => page.goto("about:blank"),
  "reloads its page": ({ page }) => page.reload(),
};

for (const [what, go] of Object.entries(goodbyes)) {
  test(`P5, L2: Chromium is told once, and at once, when Firefox ${what} during the call`, async ({
    openBoth,
  }) => {
    const peers = await openBoth("Chromium");
    await peers.Firefox.call();
    await expectCall(peers);

    await go(peers.Firefox);

    await expectGoodbye(peers.Chromium);
  });
}

test("P5, L2: Chromium is told once, and at once, when Firefox closes its tab during the call", async ({
  openBoth,
}) => {
  const peers = await openBoth("Chromium");
  await peers.Firefox.call();
  await expectCall(peers);

  await peers.Firefox.page.close({ runBeforeUnload: true });

  await expectGoodbye(peers.Chromium);
});

test("L4: Firefox, reloaded, comes back at once into a room that the two had filled", async ({
  openBoth,
  roomId,
}) => {
  const { Firefox, Chromium } = await openBoth("Chromium");

  await Firefox.page.reload();

  expect(await Firefox.enter({ roomId, peerId: "Firefox" })).toEqual({ success: true });
  await Chromium.sees(1);
});

async function expectGoodbye(stayer: Peer): Promise<void> {
  // The grace period is three times as long as this waits.
  await expect
    .poll(() => stayer.events("peerHangUp"))
    .toMatchObject([
      [
        { reason: "left" },
        { peer: { id: "Firefox", about: { version: expect.stringMatching(/^Firefox \d+$/) } } },
      ],
    ]);
  expect(await stayer.capturedTracks()).toEqual(["live", "live"]);
}
