import { pages } from "../lib/server.js";
import { expect, test } from "../lib/test.js";

const mediaConstraints = { audio: false, video: false };

test("copyLink puts the link on the clipboard", async ({ openPeer, roomId }) => {
  const peer = await openPeer({ mediaConstraints });
  await peer.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const link = await peer.page.evaluate(() => `${location.origin}/?roomId=${cignal.id}`);
  expect(link).toContain(roomId);

  expect(await peer.copyLink(link)).toEqual({ success: true });

  expect(await peer.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test.describe("on a page that may not use the clipboard", () => {
  const headers = { "Permissions-Policy": "clipboard-write=()" };
  const body = '<!doctype html><title>Cignal</title><script src="/cignal.min.js"></script>';
  test.use({
    serverOptions: { listener: pages({ "/framed": { type: "text/html", body, headers } }) },
  });

  test("copyLink tells that it was denied, and what to do", async ({ openPeer }) => {
    const peer = await openPeer({ mediaConstraints }, { path: "/framed" });
    const denied = {
      code: "clipboard-denied",
      message: expect.stringContaining("Copy the link by hand"),
    };
    expect(await peer.copyLink("a link")).toMatchObject({ success: false, error: denied });
    expect(await peer.clientErrors()).toMatchObject([denied]);
  });
});
