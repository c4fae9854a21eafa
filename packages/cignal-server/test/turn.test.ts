import { expect, it } from "vitest";
import { mintTurnServer } from "../src/ice/turn-credentials.js";
import { join } from "./client.js";
import { startServer } from "./server.js";
import { canRelay, startTurnServer } from "./turn-server.js";

const SECRET = "shared with coturn";

// A relayed message takes turnutils_uclient up to 6 s.
const timeout = 60_000;

it("C4: a real TURN server takes what a welcome brings, whatever the peer's id", {
  timeout,
}, async () => {
  const urls = await startTurnServer(SECRET);
  const { url } = await startServer({
    maxPeers: 3,
    iceServers: [],
    turn: { urls, secret: SECRET },
  });
  const taken = ["ann", `B o's "id"\\%:ü👩`, "€".repeat(128)].map(async (peerId) => {
    const { welcome } = await join(url, "r", peerId);
    return canRelay(urls, welcome.iceServers[0] ?? {});
  });
  expect(await Promise.all(taken)).toEqual([true, true, true]);
});

it("C4: a real TURN server refuses what has expired, and what another secret signed", {
  timeout,
}, async () => {
  const urls = await startTurnServer(SECRET);
  const turn = { urls, secret: SECRET, ttlSeconds: 60 };
  const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
  expect(await canRelay(urls, mintTurnServer(turn, "ann", minutesAgo(2)))).toBe(false);
  const other = { ...turn, secret: "another" };
  expect(await canRelay(urls, mintTurnServer(other, "ann", Date.now()))).toBe(false);
  const { username, credential } = mintTurnServer(turn, "ann", minutesAgo(2));
  const later = { username: String(username).replace(/^\d+/, String(2 ** 31)), credential };
  expect(await canRelay(urls, later as { username: string; credential: string })).toBe(false);
});
