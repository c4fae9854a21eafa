import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { vectors } from "../../test/security-code-vectors.js";
import { type Secured, securityCode } from "./security-code.js";
import { EMOJI, EMOJI_NAMES } from "./security-emoji.js";

const { subtle } = crypto;

const sdp = (fingerprints: string[]) =>
  [
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    ...fingerprints.map((each) => `a=fingerprint:${each}`),
    "a=setup:actpass",
    "",
  ].join("\r\n");

const secured = (id: string, [local, remote]: string[][]): Secured => ({
  id,
  pc: {
    localDescription: { type: "offer", sdp: sdp(local ?? []) } as RTCSessionDescription,
    remoteDescription: { type: "answer", sdp: sdp(remote ?? []) } as RTCSessionDescription,
  },
});

const [first] = vectors as [(typeof vectors)[number]];
const { connection, emoji, names, number } = first;
const [local, remote] = first.sides as [string[], string[]];

describe("the security code", () => {
  it.each(vectors)("A2, A3: is as PROTOCOL.md has it: $number", async (vector) => {
    const code = await securityCode(secured(vector.connection, vector.sides), subtle);
    const { emoji, names, number } = vector;
    expect(code).toEqual({ emoji, names, number });
  });

  it("A1: is the same on both sides", async () => {
    const code = await securityCode(secured(connection, [remote, local]), subtle);
    expect(code).toEqual({ emoji, names, number });
  });

  it("A1: does not depend on how a browser writes a fingerprint, nor how often", async () => {
    const otherwise = local.flatMap((each) => [each.replace("sha", "SHA"), each.toLowerCase()]);
    const code = await securityCode(secured(connection, [otherwise, remote]), subtle);
    expect(code).toEqual({ emoji, names, number });
  });

  it("A1: a fingerprint that was only added changes it", async () => {
    const added = [...remote, ...(vectors[1]?.sides[0] ?? [])];
    const code = await securityCode(secured(connection, [local, added]), subtle);
    expect(code).not.toMatchObject({ number });
  });

  it("A2: another connection of the same certificates has another one", async () => {
    const code = await securityCode(secured("another", [local, remote]), subtle);
    expect(code).not.toMatchObject({ number });
  });

  it.each([
    ["there is no connection", null],
    ["nobody has answered", secured(connection, [local, []])],
    ["nothing was offered", secured(connection, [[], remote])],
  ])("is nobody-here while %s", async (_, connection) => {
    expect(await securityCode(connection, subtle)).toMatchObject({ code: "nobody-here" });
  });

  it("is insecure-page where the browser has no cryptography", async () => {
    expect(await securityCode(secured(connection, [local, remote]), undefined)).toMatchObject({
      code: "insecure-page",
      message: expect.stringContaining("HTTPS"),
    });
  });
});

describe("PROTOCOL.md", () => {
  const page = readFileSync(new URL("../../../../PROTOCOL.md", import.meta.url), "utf8");

  it("A3: has the table of 64 different pictures with 64 different names", () => {
    expect(new Set(EMOJI).size).toBe(64);
    expect(new Set(EMOJI_NAMES).size).toBe(64);
    const rows = page.matchAll(/^ +- `\d+` (.*)$/gm);
    const cells = Array.from(rows, ([, row = ""]) => row.split(" ")).flat();
    expect(cells).toEqual(EMOJI.flatMap((picture, index) => [picture, EMOJI_NAMES[index]]));
  });

  it("A4: has the same test vectors", () => {
    for (const vector of vectors) {
      for (const fingerprint of vector.sides.flat()) expect(page).toContain(fingerprint);
      const { connection, emoji, names, number } = vector;
      expect(page).toContain(
        `id \`${connection}\`: ${emoji.join(" ")}, ${names.join(" ")}, ${number}`,
      );
    }
  });
});
