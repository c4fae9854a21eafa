import { describe, expect, it, vi } from "vitest";
import { ServerEventEmitter } from "./server-events.js";

const opened = { name: "roomOpened", payload: { roomId: "r" } } as const;

function setUp() {
  const logger = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  return { logger, events: new ServerEventEmitter(logger) };
}

describe("server events", () => {
  it("reach every listener of their name, until its undo", () => {
    const { events } = setUp();
    const one = vi.fn();
    const two = vi.fn();
    const off = events.on("roomOpened", one);
    events.on("roomOpened", two);
    events.on("roomClosed", one);
    events.emit(opened);
    off();
    off();
    events.emit(opened);
    expect(one).toHaveBeenCalledExactlyOnceWith({ roomId: "r" });
    expect(two).toHaveBeenCalledTimes(2);
  });

  it("reach a listener once for each time that it was added, and each undo is its own", () => {
    const { events } = setUp();
    const listener = vi.fn();
    const off = events.on("roomOpened", listener);
    events.on("roomOpened", listener);
    off();
    events.emit(opened);
    expect(listener).toHaveBeenCalledOnce();
  });

  it("reach the others when one throws or rejects, which is logged", async () => {
    const { events, logger } = setUp();
    const last = vi.fn();
    events.on("roomOpened", () => {
      throw new Error("sync");
    });
    events.on("roomOpened", () => Promise.reject(new Error("async")));
    events.on("roomOpened", last);
    events.emit(opened);
    expect(last).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(logger.error).toHaveBeenCalledTimes(2));
    expect(logger.error.mock.calls.map(([, details]) => details.error)).toEqual([
      "Error: sync",
      "Error: async",
    ]);
  });

  it("do not skip a listener when one ends itself", () => {
    const { events } = setUp();
    const next = vi.fn();
    const off: () => void = events.on("roomOpened", () => off());
    events.on("roomOpened", next);
    events.emit(opened);
    expect(next).toHaveBeenCalledOnce();
  });
});
