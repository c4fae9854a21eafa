import { expect, it } from "vitest";
import { mintTurnServer } from "./turn-credentials.js";

const turn = { urls: ["turn:turn.example.org"], secret: "secret", ttlSeconds: 600 };

it("C4: the user name is the time of expiry and the peer, the credential its HMAC", () => {
  expect(mintTurnServer(turn, "ann", 1_700_000_000_999)).toEqual({
    urls: ["turn:turn.example.org"],
    username: "1700000600:ann",
    // printf 1700000600:ann | openssl dgst -sha1 -hmac secret -binary | base64
    credential: "FKisxgU+BcUHb9Glp3lLMhvoubg=",
  });
});

it("C4: what TURN servers refuse in a user name is escaped, so that no two peers share one", () => {
  const nameOf = (peerId: string) => mintTurnServer(turn, peerId, 0).username;
  expect(nameOf(`a b'c"d\\e%f:ü👩`)).toBe("600:a%20b%27c%22d%5ce%25f:ü👩");
  expect(nameOf("a b")).not.toBe(nameOf("a%20b"));
});

it("C4: the longest peer id makes a user name that TURN allows (RFC 8489, 14.3)", () => {
  for (const character of ["€", "%"]) {
    const { username = "" } = mintTurnServer(turn, character.repeat(128), Date.now());
    expect(Buffer.byteLength(username)).toBeLessThan(509);
  }
});
