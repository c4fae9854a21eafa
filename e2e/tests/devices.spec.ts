import type { DeviceList } from "cignal-client";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

test("A page on plain http lists nothing, and nothing is thrown", async ({ launch, openPage }) => {
  const browser = await launch((flags) => [
    ...flags,
    "--host-resolver-rules=MAP plain.test 127.0.0.1",
  ]);
  const peer = await openPage({ browser });
  const url = new URL(peer.page.url());
  url.hostname = "plain.test";
  await peer.page.goto(url.href);
  expect(await listed(peer)).toEqual({ microphones: [], cameras: [], speakers: [] });
});

/** What the page can choose from, by the library's word. */
function listed({ page }: Peer): Promise<DeviceList> {
  return page.evaluate(() => Cignal.listDevices());
}
