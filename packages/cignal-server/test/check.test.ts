import { expect, it } from "vitest";
import { connect, join } from "./client.js";
import { startServer } from "./server.js";

const hello = { roomId: "r", peerId: "a", check: true };

it("H7: a check is told the ICE servers, touches no room, and is closed", async () => {
  const iceServers = [{ urls: "stun:stun.example.org" }];
  const { url, cignal } = await startServer({ iceServers });
  const events: string[] = [];
  for (const name of ["roomOpened", "peerJoined", "peerRefused"] as const) {
    cignal.on(name, () => events.push(name));
  }

  const client = connect(url, hello);

  expect(await client.next("checked")).toEqual({ protocol: 1, iceServers });
  await client.closed();
  expect(client.inbox).toEqual([]);
  expect(await cignal.rooms.count()).toBe(0);
  expect(events).toEqual([]);
});

it("H7: a check with the ids of a member changes nothing for it", async () => {
  const { url } = await startServer();
  const { client: a } = await join(url, "r", "a");
  const check = connect(url, hello);
  await check.next("checked");
  await check.closed();
  expect(await a.heard()).toEqual([]);
  expect(await a.request("beat", {})).toEqual({});
});

it("H7: a check of false is an ordinary handshake", async () => {
  const { url } = await startServer();
  await join(url, "r", "a", { check: false });
});

it("H6, H7: who may not connect may not check, and no hook is asked about a room", async () => {
  const asked: string[] = [];
  const { url } = await startServer({
    allowedOrigins: ["https://good.example"],
    authenticate: ({ peerId }) => peerId !== "stranger",
    authorize: (_, action) => {
      asked.push(action);
      return false;
    },
  });
  const refusal = async (more: object, origin?: string) => {
    const options = origin === undefined ? {} : { extraHeaders: { origin } };
    const client = connect(url, { ...hello, ...more }, options);
    const { code } = await client.next("refused");
    await client.closed();
    return code;
  };
  expect(await refusal({}, "https://bad.example")).toBe("origin-not-allowed");
  expect(await refusal({ protocol: [99] })).toBe("incompatible-version");
  expect(await refusal({ peerId: "stranger" })).toBe("unauthorized");
  await connect(url, hello).next("checked");
  expect(asked).toEqual([]);
});
