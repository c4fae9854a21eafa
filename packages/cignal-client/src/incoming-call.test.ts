import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { enter, envelope } from "../test/enter-room.js";
import { fakeStream } from "../test/fake-browser.js";
import type { IncomingCall } from "./cignal-events.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a call that rings", () => {
  const ring = async () => {
    const getUserMedia = vi.fn(async () => fakeStream("audio", "video"));
    const { cignal, socket } = await enter({ ring: true }, { getUserMedia: () => getUserMedia });
    const calls: IncomingCall[] = [];
    cignal.on("incomingCall", (call) => calls.push(call));
    const sending = { microphone: "on", camera: "on", screen: "off", revision: 1 };
    const start = { type: "start", call: 1, sending };
    socket.receive("signal", { from: "bob", envelope: { ...envelope, message: start } });
    await vi.advanceTimersByTimeAsync(0);
    const [call] = calls;
    if (!call) throw new Error("it does not ring");
    return { cignal, socket, call, getUserMedia };
  };

  it("N1: asks for devices when it is accepted, and not before", async () => {
    const { call, getUserMedia } = await ring();
    expect(getUserMedia).not.toHaveBeenCalled();
    void call.accept();
    await vi.advanceTimersByTimeAsync(0);
    expect(getUserMedia).toHaveBeenCalledOnce();
  });

  it("N2: takes no reason that the other side could not read", async () => {
    const { call, cignal } = await ring();
    for (const reason of ["x".repeat(65), "a\nb", 7]) {
      expect(() => call.reject(reason as string)).toThrow(TypeError);
    }
    expect(cignal.state.peers[0]?.call).toBe("incoming");
    call.reject("not now");
    expect(cignal.state.peers[0]?.call).toBe("waiting");
  });
});
