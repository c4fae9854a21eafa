import { expect, it } from "vitest";
import { createResumeToken, hashResumeToken, isResumeToken } from "./resume-token.js";

it("L5: tokens have at least 128 random bits and never repeat", () => {
  const tokens = Array.from({ length: 10_000 }, createResumeToken);
  expect(new Set(tokens).size).toBe(tokens.length);
  for (const token of tokens) expect(Buffer.from(token, "base64url")).toHaveLength(18);
});

it("L5: a token is known again by its hash, which is not the token", () => {
  const hash = hashResumeToken("mine");
  expect(hash).toBe("P9MFQv4_YbFL1KSy3Atvsw-m9j685S3Rd4qqjE3ALP8");
  expect(isResumeToken("mine", hash)).toBe(true);
  expect(isResumeToken("yours", hash)).toBe(false);
});
