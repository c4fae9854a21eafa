import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Action, actionsOf, allActions } from "./actions.js";
import { type Exploration, explore, play } from "./explore.js";

/** Developers may look deeper than every run does: from EXPLORE_DEPTH=4 on it takes minutes, and more for each one. */
const wantedDepth = Number(process.env["EXPLORE_DEPTH"] ?? 0);

const LONG_MS = 600_000 + 3_600_000 * wantedDepth;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  // Once it is loaded, what the client loads later is there within a few microtasks.
  await import("../../src/peer/recovery.js");
  await play({ warm: true, start: [], alphabet: [] }, ["warm a"]);
  await vi.dynamicImportSettled();
});
afterEach(() => {
  vi.useRealTimers();
});

const toCall: readonly Action[] = ["call b", "calm", "calm"];

const explorations: (Exploration & { name: string })[] = [
  {
    name: "while two find each other",
    warm: true,
    start: [],
    alphabet: actionsOf(["warm", "call", "deliver", "lose", "down", "up", "reload", "20 ms"]),
    depth: 4,
  },
  {
    name: "while two find each other, connecting only for a call",
    warm: false,
    start: [],
    alphabet: actionsOf(["call", "deliver", "forget", "down", "up", "reload", "20 ms", "16 s"]),
    depth: 4,
  },
  {
    name: "while the first answer is under way",
    warm: true,
    start: ["warm b", "deliver b"],
    alphabet: actionsOf(["call", "deliver", "lose", "fail", "20 ms"]),
    depth: 4,
  },
  { name: "in a call", warm: true, start: toCall, alphabet: allActions, depth: 2 },
  {
    name: "in a call, connecting only for it",
    warm: false,
    start: toCall,
    alphabet: allActions,
    depth: 2,
  },
  {
    name: "while it rings",
    warm: false,
    rings: true,
    start: [],
    alphabet: actionsOf(["call", "accept", "reject", "cancel", "deliver", "reload", "16 s"]),
    depth: 5,
  },
  {
    name: "while screens are shared",
    warm: true,
    start: ["call b", "calm"],
    alphabet: actionsOf(["share", "unshare", "deliver", "rebuild", "restart", "crash", "20 ms"]),
    depth: 4,
  },
  {
    name: "while both mend",
    warm: true,
    start: [...toCall, "break", "4 s"],
    alphabet: actionsOf(["rebuild", "restart", "fail", "deliver", "lose", "20 ms"]),
    depth: 4,
  },
];

describe("the negotiation explored", () => {
  it.each(explorations)(
    "every interleaving ends in one sound call: $name",
    async ({ name, ...exploration }) => {
      const depth = wantedDepth || exploration.depth;
      const { interleavings, states, problems } = await explore({ ...exploration, depth });
      console.log(
        `${name}: explored ${interleavings} interleavings, ${states} distinct states, depth ${depth}`,
      );
      expect(problems).toEqual([]);
    },
    LONG_MS,
  );

  it.each([{ warm: true }, { warm: false }, { warm: false, rings: true }])(
    "long random traces end in one sound call (%o)",
    async (mode) => {
      const often = actionsOf([
        "deliver",
        "burst",
        "call",
        "accept",
        "calm",
        "20 ms",
        "600 ms",
        "4 s",
      ]);
      const action = fc.oneof(fc.constantFrom(...allActions), fc.constantFrom(...often));
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom([], toCall),
          fc.array(action, { maxLength: 60, size: "max" }),
          async (start, trace) => {
            const { wrong } = await play({ ...mode, start, alphabet: [] }, trace);
            expect(wrong).toBeUndefined();
          },
        ),
        { numRuns: 300 * (1 + wantedDepth), seed: 20261121 },
      );
    },
    LONG_MS,
  );
});
