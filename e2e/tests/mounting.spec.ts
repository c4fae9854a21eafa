import { expectFrames } from "../lib/media.js";
import { expect, test } from "../lib/test.js";

test("What is mounted, unmounted and mounted again at once, as by React's StrictMode, is one call and one camera", async ({
  openPage,
  openPeer,
  roomId,
  server,
}) => {
  const page = await openPage();
  const outcomes = await page.page.evaluate(async (roomId) => {
    const mount = () => {
      const controller = new AbortController();
      const options = { roomId, peerId: "component", signal: controller.signal };
      return { room: Cignal.createRoom(options), unmount: () => controller.abort() };
    };
    const first = mount();
    first.unmount();
    const second = mount();
    const [one, other] = await Promise.allSettled([first.room, second.room]);
    if (other.status === "fulfilled") {
      globalThis.cignal = other.value;
      lab.listen(globalThis.cignal);
    }
    return [one.status, one.status === "rejected" && one.reason.name, other.status];
  }, roomId);
  expect(outcomes).toEqual(["rejected", "AbortError", "fulfilled"]);

  const other = await openPeer({ peerId: "other" });
  await page.sees(1);
  expect(await page.call()).toEqual({ success: true });
  await expectFrames(page.page, other.page);
  expect((await page.capturedTracks()).filter((state) => state === "live")).toHaveLength(2);
  expect((await server.cignal.rooms.all()).map(({ peers }) => peers.length)).toEqual([2]);

  expect(await page.leave()).toEqual({ success: true });
  expect(await page.leave()).toEqual({ success: true });
  expect((await page.capturedTracks()).filter((state) => state === "live")).toEqual([]);
});
