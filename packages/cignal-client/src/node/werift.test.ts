import { expect, it, vi } from "vitest";
import { createRoom } from "./index.js";

vi.mock("werift", () => {
  throw new Error("Cannot find package 'werift'");
});

it("says what to install where werift is missing", async () => {
  await expect(createRoom({ url: "http://127.0.0.1:9" })).rejects.toThrow(
    new TypeError("cignal-client/node needs WebRTC for Node: npm install werift@0.24"),
  );
});
