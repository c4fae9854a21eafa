import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { bundle } from "../lib/bundle.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { pages, type TestServer } from "../lib/server.js";
import { test as base, expect } from "../lib/test.js";

interface Fixtures {
  /** A server with a page that has the sample. */
  appServer: TestServer;
  /** That page, with nothing mounted yet. */
  openApp: () => Promise<Peer>;
}

const test = base.extend<Fixtures>({
  appServer: async ({ startServer }, use) => {
    const html = '<!doctype html><title>App</title><script type="module" src="/app.js"></script>';
    const body = await bundle("react/main.jsx", "browser");
    const listener = pages({
      "/app": { type: "text/html", body: html },
      "/app.js": { type: "text/javascript", body },
    });
    await use(await startServer({ listener }));
  },

  openApp: async ({ appServer, openPage }, use) => {
    await use(() => openPage({ url: appServer.url, path: "/app" }));
  },
});

test("The sample of docs/page-life.md: in React's StrictMode a component is one peer with one camera, and leaves when it is unmounted", async ({
  appServer,
  openApp,
  openPeer,
  roomId,
}) => {
  const { url } = appServer;
  const other = await openPeer({ peerId: "other", peerName: "Ada" }, { url });
  const component = await openApp();
  await component.page.evaluate((roomId) => {
    globalThis.mounted = mount(roomId);
  }, roomId);

  await other.sees(1);
  await expect(component.page.getByRole("status")).toHaveText("Ada");
  expect(await component.page.evaluate(() => mounts)).toBe(2);
  await expect.poll(() => live(component)).toHaveLength(2);
  expect((await appServer.cignal.rooms.all()).map(({ peers }) => peers.length)).toEqual([2]);
  expect(await other.events("peerJoined")).toHaveLength(1);
  expect(await other.events("peerHangUp")).toEqual([]);

  await component.page.getByRole("button", { name: "Call" }).click();
  await expectFrames(component.page, other.page);
  await expectAudio(other.page);
  for (const video of await component.page.locator("video").all()) {
    await expect
      .poll(() => video.evaluate((element: HTMLVideoElement) => element.videoWidth))
      .toBeGreaterThan(0);
  }

  await component.page.evaluate(() => mounted.unmount());
  await expect
    .poll(() => other.events("peerHangUp"))
    .toMatchObject([[{ reason: "left" }, { peer: { name: "Peer" } }]]);
  expect(await live(component)).toEqual([]);
  await expect.poll(() => appServer.clients).toBe(1);
  expect(await other.events("peerJoined")).toHaveLength(1);
});

test("A component that gets another room leaves the one before", async ({ appServer, openApp }) => {
  const { page, ...component } = await openApp();
  const rooms = async () => (await appServer.cignal.rooms.all()).map(({ id }) => id);
  await page.evaluate(() => {
    globalThis.mounted = mount("one");
  });
  await expect.poll(rooms).toEqual(["one"]);
  await page.evaluate(() => mounted.render("two"));
  await expect.poll(rooms).toEqual(["two"]);
  await expect(page.getByRole("status")).toHaveText("Nobody else is here.");
  expect(component.pageErrors).toEqual([]);
});

test("A component that is unmounted while the browser asks for the devices keeps none", async ({
  appServer,
  openApp,
  roomId,
}) => {
  const component = await openApp();
  await component.holdDevices();
  await component.page.evaluate((roomId) => {
    globalThis.mounted = mount(roomId);
  }, roomId);
  await expect(component.page.getByRole("status")).toBeVisible();

  await component.page.evaluate(() => mounted.unmount());
  await component.releaseDevices();

  await expect
    .poll(async () => new Set(await component.capturedTracks()))
    .toEqual(new Set(["ended"]));
  await expect.poll(() => appServer.clients).toBe(0);
  await expect.poll(() => appServer.cignal.rooms.count()).toBe(0);
});

test("A server renders the component, enters no room, and ends", async () => {
  const code = await bundle("react/server.jsx", "node");
  const node = spawn(process.execPath, { stdio: ["pipe", "pipe", "inherit"] });
  node.stdin.end(code);
  const [output, [status]] = await Promise.all([text(node.stdout), once(node, "exit")]);
  expect(output).toBe("<p>One moment…</p>\n");
  expect(status).toBe(0);
});

declare global {
  var mounts: number;
  var mount: (roomId: string) => { render: (roomId: string) => void; unmount: () => void };
  var mounted: ReturnType<typeof mount>;
}

async function live(peer: Peer): Promise<string[]> {
  return (await peer.capturedTracks()).filter((state) => state === "live");
}
