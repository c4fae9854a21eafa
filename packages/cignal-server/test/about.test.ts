import { expect, it } from "vitest";
import { connect, join } from "./client.js";
import { startServer } from "./server.js";

const about = {
  platform: "Web",
  appVersion: "2.1",
  version: "Firefox 153",
  device: "desktop",
  network: "wifi",
};

it("H12, R1: what a client says of itself reaches the members of its room, and nobody else", async () => {
  const { url, cignal } = await startServer();
  const joined: unknown[] = [];
  cignal.on("peerJoined", ({ session }) => joined.push(session.about));
  const { client: outsider } = await join(url, "another room", "x");
  const { client: a } = await join(url, "r", "a", { about });
  const { welcome } = await join(url, "r", "b", { about: { ...about, extra: 1 } });
  expect(welcome.peers).toEqual([{ id: "a", name: "Peer", host: true, about }]);
  expect((await a.next("peer-joined")).peer).toEqual({ id: "b", name: "Peer", about });
  expect(await outsider.heard()).toEqual([]);
  expect(joined).toEqual([undefined, about, about]);
});

it("R1, C5: of who asks for privacy, it reaches nobody but those who run the server", async () => {
  const { url, cignal } = await startServer();
  const told: unknown[] = [];
  cignal.on("peerJoined", ({ session }) => told.push(session.about));
  const { welcome: own } = await join(url, "r", "a", { about, relayOnly: true });
  const { welcome } = await join(url, "r", "b");
  expect(own.you).toEqual({ id: "a", name: "Peer", host: true, relayOnly: true });
  expect(welcome.peers).toEqual([{ id: "a", name: "Peer", host: true, relayOnly: true }]);
  expect(told).toEqual([about, undefined]);
});

it("H12: a client that resumes says it anew", async () => {
  const { url } = await startServer();
  const { client, welcome } = await join(url, "r", "a", { about });
  client.drop();
  const { resumeToken } = welcome;
  const moved = { ...about, network: "cellular" };
  const { welcome: resumed } = await join(url, "r", "a", { about: moved, resumeToken });
  expect(resumed.you.about).toEqual(moved);
  const { welcome: other } = await join(url, "r", "b");
  expect(other.peers).toEqual([{ id: "a", name: "Peer", host: true, about: moved }]);
});

it.each([
  ["platform", "x".repeat(65), "too-large"],
  ["device", "", "bad-message"],
  ["network", "a\nb", "bad-message"],
  ["version", 1, "bad-message"],
])("M1, M2: a wrong %s is refused by its name", async (field, value, code) => {
  const { url } = await startServer();
  const client = connect(url, { roomId: "r", peerId: "a", about: { [field]: value } });
  expect(await client.next("refused")).toMatchObject({ code, field: `about.${field}` });
});
