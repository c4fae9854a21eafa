import { expect, it } from "vitest";
import { callTransitions } from "../peer/peer-machine.js";
import { signalingTransitions } from "../signaling/connection-machine.js";
import { Machine } from "./machine.js";

it("a machine moves along its table and tells", () => {
  const seen: string[] = [];
  const machine = new Machine(callTransitions, "waiting", (state) => seen.push(state));
  expect(machine.send("call")).toBe(true);
  expect(machine.send("remote-start")).toBe(true);
  expect(seen).toEqual(["calling", "in-call"]);
});

it("a machine stays where it is on an event that its state does not know", () => {
  const machine = new Machine(callTransitions, "ended");
  expect(machine.send("call")).toBe(false);
  expect(machine.state).toBe("ended");
});

it("every state can be left for the last one, which cannot be left", () => {
  const ends = [
    [callTransitions, "end", "ended"],
    [signalingTransitions, "close", "closed"],
  ] as const;
  for (const [table, event, last] of ends) {
    for (const [state, row] of Object.entries(table)) {
      expect(row).toEqual(state === last ? {} : expect.objectContaining({ [event]: last }));
    }
  }
});
