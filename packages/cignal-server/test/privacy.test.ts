import { expect, it, vi } from "vitest";
import type { CignalServerOptions } from "../src/index.js";
import { join } from "./client.js";
import { candidates, envelope, offer } from "./envelopes.js";
import { silent, startServer } from "./server.js";

const HOST = "candidate:1 1 udp 2122260223 192.168.1.7 54321 typ host";
const RELAY =
  "candidate:2 1 udp 41885439 203.0.113.5 49203 typ relay raddr 192.168.1.7 rport 54321";
const SDP = `v=0\r\no=- 1 2 IN IP4 192.168.1.7\r\na=${HOST}\r\na=${RELAY}\r\n`;

const messages = [
  envelope(offer(SDP)),
  envelope(candidates(HOST, RELAY), { number: 2 }),
  envelope(candidates(HOST), { number: 3 }),
];

it.each([
  ["of the sender", { relayOnly: true }, {}, {}],
  ["of the receiver", {}, { relayOnly: true }, {}],
  ["of the server", { relayOnly: false }, {}, { relayOnly: true }],
])(
  "C5: at the wish %s, no address but a relay's passes, and every envelope does",
  async (_whose, a, b, options) => {
    const { url } = await startServer(options);
    const { client: sender } = await join(url, "r", "a", a);
    const { client: receiver } = await join(url, "r", "b", b);
    for (const each of messages) await sender.request("signal", { to: "b", envelope: each });
    const received = [];
    for (const _each of messages) received.push((await receiver.next("signal")).envelope);
    expect(received.map(({ number }) => number)).toEqual([1, 2, 3]);
    const text = JSON.stringify(received);
    expect(text).toContain("203.0.113.5 49203 typ relay raddr 0.0.0.0 rport 0");
    expect(text).not.toContain("192.168.1.7");
    expect(received[2]).toEqual(envelope(candidates(), { number: 3 }));
  },
);

it("C5: who does not ask for privacy keeps its candidates, also in a room of somebody who does", async () => {
  const { url } = await startServer({ maxPeers: 3 });
  const { client: a } = await join(url, "r", "a");
  const { client: b } = await join(url, "r", "b");
  await join(url, "r", "c", { relayOnly: true });
  for (const each of messages) {
    await a.request("signal", { to: "b", envelope: each });
    expect((await b.next("signal")).envelope).toEqual(each);
  }
});

it("C5: what waits for a member that is cut off has no address either", async () => {
  const { url, cignal } = await startServer();
  const { client: a } = await join(url, "r", "a");
  const { client: b, welcome } = await join(url, "r", "b", { relayOnly: true });
  const lost = new Promise<void>((resolve) => {
    b.socket.on("disconnect", () => resolve());
  });
  b.drop();
  await lost;
  await expect.poll(async () => (await cignal.rooms.get("r"))?.peers[1]?.connected).toBe(false);
  await a.request("signal", { to: "b", envelope: messages[0] });
  const { resumeToken } = welcome;
  const back = await join(url, "r", "b", { resumeToken, relayOnly: false });
  expect(back.welcome.you.relayOnly).toBe(true);
  expect(JSON.stringify(await back.client.next("signal"))).not.toContain("192.168.1.7");
});

it("C5: a server that wants privacy and has no TURN server says so when it starts", async () => {
  const turn = { urls: "turn:t.example", secret: "s" };
  const credentials = { username: "u", credential: "c" };
  for (const [options, warnings] of [
    [{ relayOnly: true }, 1],
    [{ relayOnly: true, turn }, 0],
    [{ relayOnly: true, iceServers: [{ urls: ["turns:t.example"], ...credentials }] }, 0],
    [{ relayOnly: true, iceServers: () => [] }, 0],
    [{}, 0],
  ] as const) {
    const warn = vi.fn();
    await startServer({ ...(options as CignalServerOptions), logger: { ...silent, warn } });
    expect(warn).toHaveBeenCalledTimes(warnings);
  }
});
