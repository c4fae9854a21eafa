import type { Page } from "@playwright/test";
import { readSettings, type StandaloneServer, startServer } from "cignal-server/standalone";
import { alone } from "../lib/alone.js";
import { expectAccessible } from "../lib/axe.js";
import { RawClient } from "../lib/raw-client.js";
import { test as base, expect } from "../lib/test.js";

const TOKEN = "0123456789abcdef";
const markup = '<img src=x onerror="document.title=1">';

interface Fixtures {
  standalone: StandaloneServer;
  /** Enters a room, and stays until the test is over. */
  enter: (roomId: string, hello: object) => Promise<RawClient>;
  /** Opens the dashboard; nothing may go wrong in it. */
  openDashboard: () => Promise<Page>;
}

const test = base.extend<Fixtures>({
  standalone: alone(async (use) => {
    const env = { HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "error", OPERATOR_TOKEN: TOKEN };
    const server = await startServer(readSettings(env));
    await use(server);
    await server.close();
  }),

  enter: async ({ standalone }, use) => {
    const clients: RawClient[] = [];
    await use(async (roomId, hello) => {
      const [client] = await RawClient.open(standalone.url, { roomId, ...hello });
      clients.push(client);
      return client;
    });
    for (const client of clients) client.close();
  },

  openDashboard: async ({ page, standalone }, use) => {
    const wrong: string[] = [];
    page.on("console", (message) => {
      // The browser notes each answer that says no; the tests ask for some.
      if (message.type() === "error" && !/status of (401|503)/.test(message.text())) {
        wrong.push(message.text());
      }
    });
    page.on("pageerror", (error) => wrong.push(String(error)));
    await use(async () => {
      await page.goto(`${standalone.url}/dashboard`);
      return page;
    });
    // A violation of the Content-Security-Policy would be one.
    expect(wrong).toEqual([]);
  },
});

test("the dashboard asks for the token, shows rooms, people, joins and refusals, and markup as text", async ({
  enter,
  openDashboard,
}) => {
  await enter("standup", { peerId: "a", peerName: "Ada" });
  await enter("standup", { peerId: "b", peerName: markup });
  await enter(markup, { peerId: "c", peerName: "Grace" });
  await enter("standup", { peerId: "d" });

  const page = await openDashboard();
  await expect(tile(page, "Rooms")).toBeHidden();
  await signIn(page, "a wrong token, really");
  await expect(page.getByRole("alert")).toHaveText("The server does not take this token.");
  await expectAccessible(page);
  await signIn(page, TOKEN);
  for (const [title, value] of [
    ["Rooms", "2"],
    ["People", "3"],
    ["Joins per minute", "3"],
    ["Refused per minute", "1"],
  ] as const) {
    await expect(tile(page, title).locator(".value")).toHaveText(value);
    await expect(tile(page, title).getByRole("img")).toHaveAccessibleName(/ now, \d+ at most$/);
  }
  await expect(page.getByRole("status")).toHaveText("open, 3 connections");
  await expect(page.getByRole("row", { name: "standup" })).toContainText(`Ada${markup}`);
  await expect(page.getByRole("row", { name: markup })).toContainText(["Grace"]);
  await expect(page.getByRole("row", { name: "room-full" })).toContainText("1");
  await expect(page.locator("td img")).toHaveCount(0);
  await expectAccessible(page);
});

test("the dashboard goes on by itself, keeps its token over a reload, and forgets it on demand", async ({
  enter,
  openDashboard,
  standalone,
}) => {
  const page = await openDashboard();
  await signIn(page, TOKEN);
  await expect(page.getByText("Nobody is in a room.")).toBeVisible();
  await enter("late", { peerId: "a" });
  await expect(page.getByRole("row", { name: "late" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("row", { name: "late" })).toBeVisible();
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  expect(page.url()).toBe(`${standalone.url}/dashboard`);

  standalone.cignal.drain();
  await expect(page.getByRole("status")).toHaveText("draining, 1 connection");
  await page.route("**/stats", (route) => route.fulfill({ status: 503 }));
  await expect(page.getByRole("status")).toContainText("does not answer");
  await expect(page.getByRole("row", { name: "late" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Token")).toBeFocused();
  await expect(page.getByRole("row", { name: "late" })).toBeHidden();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

for (const [width, height] of [
  [1280, 800],
  [390, 844],
] as const) {
  test(`the dashboard fits a window of ${width} pixels after a busy hour, and keeps nobody out`, async ({
    openDashboard,
    page,
  }, info) => {
    await page.setViewportSize({ width, height });
    await page.route("**/stats", (route) => route.fulfill({ json: busyHour() }));
    await page.route("**/rooms?*", (route) => route.fulfill({ json: manyRooms() }));
    await openDashboard();
    await signIn(page, TOKEN);
    await expect(page.getByRole("row", { name: "room-full" })).toBeVisible();
    for (const image of await page.getByRole("img").all()) {
      expect((await image.boundingBox())?.height).toBeGreaterThan(40);
      expect(await image.locator(".curve, .bar").count()).toBeGreaterThan(0);
    }
    await expectAccessible(page);
    const scrolls = () => document.documentElement.scrollWidth > window.innerWidth;
    expect(await page.evaluate(scrolls)).toBe(false);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const path = info.outputPath(`${colorScheme}.png`);
      await info.attach(colorScheme, { body: await page.screenshot({ path, fullPage: true }) });
    }
  });
}

test("the page of the dashboard has nothing to tell without a token, and runs nothing from elsewhere", async ({
  enter,
  standalone,
}) => {
  await enter("secret room", { peerId: "a" });
  const paths = ["", "/style.css", "/main.js", "/view.js", "/chart.js"];
  for (const path of paths) {
    const response = await fetch(`${standalone.url}/dashboard${path}`);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain("secret room");
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(response.headers.get("content-security-policy")).not.toContain("unsafe");
  }
  expect((await fetch(`${standalone.url}/stats`)).status).toBe(401);
});

const tile = (page: Page, title: string) =>
  page
    .getByRole("article")
    .filter({ has: page.getByRole("heading", { name: title, exact: true }) });

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Show" }).click();
}

function busyHour() {
  const start = Date.now() - 59 * 60_000;
  const steps = Array.from({ length: 60 }, (_, i) => ({
    at: start + i * 60_000,
    rooms: Math.round(420 + 180 * Math.sin(i / 9) + (i % 7) * 6),
    peers: Math.round(830 + 350 * Math.sin(i / 9) + (i % 5) * 11),
    joins: Math.round(60 + 40 * Math.sin(i / 6) + (i % 4) * 9),
    leaves: 50,
    errors: { "room-full": i % 9 === 0 ? 4 : 0, "rate-limited": i > 40 && i < 46 ? 37 : 1 },
  }));
  return { state: "open", connections: 1_204, peers: 1_190, stepMs: 60_000, steps };
}

function manyRooms() {
  const rooms = Array.from({ length: 12 }, (_, i) => ({
    id:
      i === 3 ? "a-room-whose-id-is-as-long-as-it-may-be-".repeat(3) : `consultation-${1_000 + i}`,
    openedAt: Date.now() - i * 17 * 60_000,
    revision: 3,
    peers: [
      { id: "a", name: "Dr. Ada Lovelace", role: "host", joinedAt: 1, connected: true },
      {
        id: "b",
        name: i % 3 ? "Grace" : "An awfully long name that somebody gave",
        joinedAt: 2,
        connected: i % 4 > 0,
      },
    ],
  }));
  return { rooms, next: "consultation-1011" };
}
