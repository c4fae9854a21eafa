import { expect, it } from "vitest";
import { connect, join, joinPair } from "./client.js";
import { inform } from "./envelopes.js";
import { startServer } from "./server.js";

it("J2, DEFECTS 7: a third peer is refused and closed, and the pair notices nothing", async () => {
  const { url } = await startServer();
  const { a, b } = await joinPair(url);
  const third = connect(url, { roomId: "room", peerId: "c" });
  expect((await third.next("refused")).code).toBe("room-full");
  await third.closed();
  expect(await a.heard()).toEqual([]);
  expect(await b.heard()).toEqual([]);
});

it("J2: of 20 parallel joins, exactly as many as there are places come in", async () => {
  const { url, cignal } = await startServer({ maxPeers: 3 });
  const clients = Array.from({ length: 20 }, (_, i) =>
    connect(url, { roomId: "r", peerId: `p${i}` }),
  );
  const answers = await Promise.all(
    clients.map((client) =>
      Promise.race([
        client.next("welcome").then(() => "welcome"),
        client.next("refused").then(({ code }) => code),
      ]),
    ),
  );
  expect(answers.filter((answer) => answer === "welcome")).toHaveLength(3);
  expect(answers.filter((answer) => answer === "room-full")).toHaveLength(17);
  expect((await cignal.rooms.get("r"))?.peers).toHaveLength(3);
});

it("J3, DEFECTS 5: a second one of the same peer id is refused, and nothing arrives twice", async () => {
  const { url } = await startServer({ maxPeers: 3 });
  const { a, b } = await joinPair(url);
  const twin = connect(url, { roomId: "room", peerId: "a" });
  expect((await twin.next("refused")).code).toBe("peer-id-taken");
  await twin.closed();
  await b.request("signal", inform("a", 1));
  expect(await a.heard()).toEqual(["signal"]);
});

it("J3: the same peer id in another room is somebody else", async () => {
  const { url } = await startServer();
  await join(url, "one", "a");
  const { welcome } = await join(url, "two", "a");
  expect(welcome.peers).toEqual([]);
});

it("R1, R3: others learn of a new member once, and nothing but what R1 says", async () => {
  const { url } = await startServer();
  const { client: a, welcome: first } = await join(url, "r", "a", { peerName: "Ann" });
  const bo = { peerName: "Bo", role: "doctor", relayOnly: true };
  const { welcome } = await join(url, "r", "b", bo);
  expect(welcome.peers).toEqual([{ id: "a", name: "Ann", host: true }]);
  expect(welcome.revision).toBe(first.revision + 1);
  expect(await a.next("peer-joined")).toEqual({
    peer: { id: "b", name: "Bo", role: "doctor", relayOnly: true },
    revision: welcome.revision,
  });
  expect(await a.heard()).toEqual([]);
});

it("R4: each remaining member learns of a departure once", async () => {
  const { url } = await startServer({ maxPeers: 3 });
  const { a, b } = await joinPair(url);
  const { client: c, welcome } = await join(url, "room", "c");
  await b.request("leave", {});
  const left = { peerId: "b", reason: "left", revision: welcome.revision + 1 };
  expect(await a.next("peer-left")).toEqual(left);
  expect(await c.next("peer-left")).toEqual(left);
  expect(await a.heard()).toEqual(["peer-joined"]);
  expect(await c.heard()).toEqual([]);
});
