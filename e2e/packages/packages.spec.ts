import { type Browser, expect, type Page, test } from "@playwright/test";
import { io } from "socket.io-client";
import { App } from "./app.js";

// One installation serves all; without it no test can run.
test.describe.configure({ mode: "serial" });

let app: App;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  app = await App.install();
});

test.afterAll(async () => {
  await app?.remove();
});

for (const file of ["server.js", "server.cjs"]) {
  test(`cignal-server, installed from its tarball, answers a socket (${file})`, async () => {
    const socket = io(`${await app.serve(file)}/cignal`, {
      auth: { protocol: [1], roomId: "room", peerId: "peer" },
      forceNew: true,
    });
    const welcome = await new Promise((resolve, reject) => {
      for (const failure of ["refused", "connect_error"]) socket.once(failure, reject);
      socket.once("welcome", resolve);
    });
    socket.close();
    expect(welcome).toMatchObject({ roomId: "room", peers: [] });
  });
}

test("the README's sample, built by Vite and served by Express, makes a call", async ({
  browser,
}) => {
  await app.run("npx", "vite", "build");
  const url = await app.serve("server.js");
  const alice = await open(browser, `${url}/?roomId=call&name=Alice`);
  const bob = await open(browser, `${url}/?roomId=call&name=Bob`);
  await expect(alice.getByRole("status")).toHaveText("Bob is here.");
  await expect(bob.getByRole("status")).toHaveText("Alice is here.");

  await alice.getByRole("button", { name: "Call" }).click();

  await Promise.all([seesMotion(alice), seesMotion(bob)]);
  await alice.getByRole("button", { name: "Hang up" }).click();
  await expect(bob.getByRole("status")).toHaveText("Alice has left.");
});

test("cignal-client for a script tag defines Cignal", async ({ page }) => {
  const path = (await app.run("node", "-p", 'require.resolve("cignal-client/script")')).trim();
  await page.addScriptTag({ path });
  expect(await page.evaluate("typeof Cignal.createRoom")).toBe("function");
});

for (const system of ["require", "import"]) {
  test(`cignal-client and its parts do nothing when a server renders pages with them (${system})`, async () => {
    expect(JSON.parse(await app.run("node", "side-effects.cjs", system))).toEqual({
      functions: {
        "cignal-client": ["getUrlParam", "listDevices"],
        "cignal-client/adapt": ["adaptMedia", "byRoomSize", "byUplink"],
        "cignal-client/channels": ["openChannel"],
        "cignal-client/chat": ["findLinks", "openChat"],
        "cignal-client/files": ["openFiles"],
        "cignal-client/node": ["createRoom", "onTrack"],
        "cignal-client/orientation": ["shareOrientation"],
        "cignal-client/quality": ["watchQuality"],
        "cignal-client/record": [
          "openPictures",
          "recordPeer",
          "recordScreen",
          "recordSession",
          "takePicture",
        ],
        "cignal-client/speaking": ["watchSpeaking"],
      },
      changed: [],
      waitingFor: [],
    });
  });
}

test("cignal-client/node says what to install where werift is missing", async () => {
  const code = `import("cignal-client/node")
    .then(({ createRoom }) => createRoom({ url: "http://127.0.0.1:9", roomId: "room" }))
    .catch(({ name, message }) => console.log(name + ": " + message))`;
  expect((await app.run("node", "-e", code)).trim()).toBe(
    "TypeError: cignal-client/node needs WebRTC for Node: npm install werift@0.24",
  );
});

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Waits until a second's worth of frames of the other side has been decoded. */
async function seesMotion(page: Page): Promise<void> {
  const decoded = () =>
    page.locator("#other").evaluate((video) => {
      const { videoWidth, currentTime } = video as HTMLVideoElement;
      const frames = (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames;
      return videoWidth > 0 && currentTime > 0 ? frames : 0;
    });
  await expect.poll(decoded).toBeGreaterThan(20);
}
