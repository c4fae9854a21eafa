import { describe, expect, it, vi } from "vitest";
import { Emitter } from "./emitter.js";

interface Events {
  message: [text: string];
  state: [state: number];
}

function setUp() {
  const errors: unknown[] = [];
  const emitter = new Emitter<Events>({
    onListenerError: (error) => errors.push(error),
    newestOnly: ["state"],
  });
  return { emitter, errors };
}

describe("Emitter", () => {
  it("delivers to every listener, in the order in which they were added", () => {
    const { emitter } = setUp();
    const heard: string[] = [];
    emitter.on("message", (text) => heard.push(`1 ${text}`));
    emitter.on("message", (text) => heard.push(`2 ${text}`));
    emitter.emit("message", "a");
    expect(heard).toEqual(["1 a", "2 a"]);
  });

  it("returns the undo of each registration, also of one function added twice", () => {
    const { emitter } = setUp();
    const listener = vi.fn();
    const off = emitter.on("message", listener);
    emitter.on("message", listener);
    emitter.emit("message", "a");
    off();
    off();
    emitter.emit("message", "b");
    expect(listener.mock.calls).toEqual([["a"], ["a"], ["b"]]);
  });

  it("DEFECTS 15: skips nobody after a listener for one event", () => {
    const { emitter } = setUp();
    const once = vi.fn();
    const after = vi.fn();
    emitter.once("message", once);
    emitter.on("message", after);
    emitter.emit("message", "a");
    emitter.emit("message", "b");
    expect(once.mock.calls).toEqual([["a"]]);
    expect(after.mock.calls).toEqual([["a"], ["b"]]);
  });

  it("DEFECTS 15: a listener that throws stops no other, and its error is not lost", () => {
    const { emitter, errors } = setUp();
    const after = vi.fn();
    emitter.on("message", () => {
      throw new Error("mine");
    });
    emitter.on("message", after);
    emitter.emit("message", "a");
    expect(after).toHaveBeenCalledOnce();
    expect(errors).toEqual([new Error("mine")]);
  });

  it("does not call a listener that another one removed during the same event", () => {
    const { emitter } = setUp();
    const removed = vi.fn();
    emitter.on("message", () => off());
    const off = emitter.on("message", removed);
    emitter.emit("message", "a");
    expect(removed).not.toHaveBeenCalled();
  });

  it("holds what nobody has heard for whoever listens first, in order, and once", async () => {
    const { emitter } = setUp();
    emitter.emit("message", "a");
    emitter.emit("message", "b");
    const first = vi.fn();
    const sameTask = vi.fn();
    emitter.on("message", first);
    emitter.on("message", sameTask);
    emitter.emit("message", "c");
    await Promise.resolve();
    const late = vi.fn();
    emitter.on("message", late);
    await Promise.resolve();
    expect(first.mock.calls).toEqual([["a"], ["b"], ["c"]]);
    expect(sameTask.mock.calls).toEqual([["a"], ["b"], ["c"]]);
    expect(late).not.toHaveBeenCalled();
  });

  it("holds the newest alone of an event that describes a state", async () => {
    const { emitter } = setUp();
    emitter.emit("state", 1);
    emitter.emit("state", 2);
    const listener = vi.fn();
    emitter.on("state", listener);
    await Promise.resolve();
    expect(listener.mock.calls).toEqual([[2]]);
  });

  it("holds a bounded number", async () => {
    const { emitter } = setUp();
    for (let i = 0; i < 1_000; i++) emitter.emit("message", String(i));
    const listener = vi.fn();
    emitter.on("message", listener);
    await Promise.resolve();
    expect(listener).toHaveBeenCalledTimes(64);
    expect(listener).toHaveBeenLastCalledWith("999");
  });

  it("shows a tap everything, and holds it all the same for the first listener", async () => {
    const { emitter, errors } = setUp();
    const seen: unknown[][] = [];
    const end = emitter.tap((...event) => seen.push(event));
    emitter.tap(() => {
      throw new Error("mine");
    });
    emitter.emit("message", "a");
    emitter.emit("state", 1);
    end();
    emitter.emit("state", 2);
    const listener = vi.fn();
    emitter.on("message", listener);
    await Promise.resolve();
    expect(seen).toEqual([
      ["message", "a"],
      ["state", 1],
    ]);
    expect(listener.mock.calls).toEqual([["a"]]);
    expect(errors).toHaveLength(3);
  });

  it("refuses a listener that is not a function", () => {
    const { emitter } = setUp();
    expect(() => emitter.on("message", undefined as never)).toThrow(TypeError);
  });
});
