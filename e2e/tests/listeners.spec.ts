import { expectFrames } from "../lib/media.js";
import { expect, test } from "../lib/test.js";

test("DEFECTS 15: a listener that throws, and one for a single event, stop no other", async ({
  openPair,
}) => {
  const [first, second] = await openPair({ mediaConstraints: { audio: false, video: false } });
  await first.page.evaluate(() => {
    globalThis.heard = [];
    cignal.on("information", () => {
      throw new Error("of the page's own making");
    });
    cignal.once("information", (data) => heard.push(`once ${data}`));
    cignal.on("information", (data) => heard.push(`on ${data}`));
  });

  await second.inform(1);
  await second.inform(2);

  await expect.poll(() => first.page.evaluate(() => heard)).toEqual(["once 1", "on 1", "on 2"]);
  // Its error is not swallowed either: the page sees it as its own.
  const own = "Error: of the page's own making";
  await expect.poll(() => first.pageErrors.splice(0)).toEqual([own, own]);
});

test("DEFECTS 15: a page whose every listener throws has its call all the same", async ({
  openPeer,
}) => {
  const first = await openPeer({ peerId: "first" });
  await first.page.evaluate(() => {
    const names = [
      ...([
        "localStream",
        "remoteStream",
        "peerMediaChanged",
        "peerJoined",
        "offerReceived",
      ] as const),
      ...(["peerHangUp", "information", "stateChanged"] as const),
    ];
    for (const name of names) {
      cignal.on(name, () => {
        throw new Error(name);
      });
    }
  });
  const second = await openPeer({ peerId: "second" });
  await first.sees(1);

  expect(await second.call()).toEqual({ success: true });
  await expectFrames(first.page, second.page);
  await second.inform("hello");
  await expect.poll(() => first.informations()).toEqual(["hello"]);
  await second.leave();
  await first.sees(0);
  expect(await first.events("peerHangUp")).toHaveLength(1);

  const thrown = new Set(first.pageErrors.splice(0));
  for (const name of ["remoteStream", "offerReceived", "peerHangUp", "stateChanged"]) {
    expect(thrown).toContain(`Error: ${name}`);
  }
});

declare global {
  var heard: string[];
}
