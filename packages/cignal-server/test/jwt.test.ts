import { type JWTPayload, SignJWT } from "jose";
import { expect, it } from "vitest";
import { jwtAuthentication } from "../src/jwt.js";
import { connect, join } from "./client.js";
import { inform } from "./envelopes.js";
import { startServer } from "./server.js";

const secret = "a secret of more than thirty-two bytes";

const sign = (claims: JWTPayload, by = secret) =>
  new SignJWT({ exp: Math.floor(Date.now() / 1_000) + 60, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(by));

const start = (clockToleranceSeconds = 5) =>
  startServer({
    maxPeers: 3,
    authenticate: jwtAuthentication({ secret, clockToleranceSeconds }),
    authorize: ({ role }, action) => action !== "set-ice-servers" || role === "host",
  });

it("H9, H11: a JWT says who its user is and what they may do, whatever the client claims", async () => {
  const { url } = await start();
  const ann = await sign({ room: "r", name: "Ann", role: "host" });
  const bob = await sign({ room: ["q", "r"], name: "Bob" });
  const { client: host } = await join(url, "r", "a", { token: ann, peerName: "X", role: "Y" });
  const { client: guest, welcome } = await join(url, "r", "b", { token: bob, role: "host" });
  expect(welcome.you).toEqual({ id: "b", name: "Bob" });
  expect(welcome.peers).toEqual([{ id: "a", name: "Ann", role: "host", host: true }]);
  expect(await host.request("set-ice-servers", { iceServers: [] })).toEqual({});
  expect((await guest.request("set-ice-servers", { iceServers: [] })).error?.code).toBe(
    "forbidden",
  );
});

it("DEFECTS 4, 18, 23, H10: without a JWT for this room nobody enters it or another one", async () => {
  const { url, cignal } = await start();
  const token = await sign({ room: "r" });
  const { client: a } = await join(url, "r", "a", { token });
  const { client: b } = await join(url, "r", "b", { token });
  await a.next("peer-joined");
  const before = await cignal.rooms.all();
  const tokens = {
    none: [undefined, "unauthorized"],
    expired: [await sign({ room: "r", exp: 1 }), "token-expired"],
    "another room's": [await sign({ room: "q" }), "forbidden"],
    "no room's": [await sign({}), "forbidden"],
    "another peer's": [await sign({ room: "r", peerId: "a" }), "forbidden"],
    "somebody else's": [await sign({ room: "r" }, "x".repeat(32)), "unauthorized"],
    "a resume token": ["A".repeat(24), "unauthorized"],
  } as const;
  for (const [what, [token, code]] of Object.entries(tokens)) {
    const client = connect(url, { roomId: "r", peerId: "c", ...(token && { token }) });
    expect((await client.next("refused")).code, what).toBe(code);
    await client.closed();
  }
  expect(await cignal.rooms.all()).toEqual(before);
  expect(await a.heard()).toEqual([]);
  expect(await a.request("signal", inform("b", 1))).toEqual({});
  await b.next("signal");
});

it("L4, L8: a stay ends with its JWT, and goes on with a newer one of the same user alone", async () => {
  const { url } = await start(0);
  const exp = Math.floor(Date.now() / 1_000) + 2;
  const short = await sign({ room: "r", sub: "1", exp });
  const { client, welcome } = await join(url, "r", "a", { token: short });
  expect((await client.next("closed")).code).toBe("token-expired");
  await client.closed();
  const { resumeToken } = welcome;
  const answers = {
    "peer-id-taken": await sign({ room: "r", sub: "2" }),
    "token-expired": short,
    forbidden: await sign({ room: "q", sub: "1" }),
  };
  for (const [code, token] of Object.entries(answers)) {
    const refused = connect(url, { roomId: "r", peerId: "a", resumeToken, token });
    expect((await refused.next("refused")).code).toBe(code);
  }
  const token = await sign({ room: "r", sub: "1" });
  const again = await join(url, "r", "a", { resumeToken, token });
  expect(again.welcome.resumed).toBe(true);
});
