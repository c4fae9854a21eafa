import { expect, it } from "vitest";
import { allows } from "./hooks.js";

it("H6: only a clear yes lets somebody in, now or later", async () => {
  expect(await allows(() => true)).toBe(true);
  expect(await allows(async () => true)).toBe(true);
  const refusals: (() => unknown)[] = [
    () => false,
    async () => false,
    () => undefined,
    () => "yes",
    () => {
      throw new Error("no");
    },
    () => Promise.reject(new Error("no")),
  ];
  for (const hook of refusals) expect(await allows(hook as () => boolean)).toBe(false);
});
