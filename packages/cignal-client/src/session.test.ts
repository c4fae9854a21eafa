import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { enter } from "../test/enter-room.js";
import { fakeStorage } from "../test/fake-browser.js";
// Loaded on demand; for the first time it would take a while, of the real clock.
import "./media/device-keeper.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = async () => {
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(100);
};

/** A browser into which the test plugs cameras. */
function cameras(...labels: string[]) {
  let listener = () => {};
  return {
    enumerateDevices: async () =>
      labels.map(
        (label) => ({ kind: "videoinput", deviceId: label, label, groupId: "" }) as MediaDeviceInfo,
      ),
    watchDevices: (added: () => void) => {
      listener = added;
      return () => {
        listener = () => {};
      };
    },
    plug: (label: string) => {
      labels.push(label);
      listener();
    },
  };
}

describe("devices in a room", () => {
  it("are told to a late listener as they are by then, and not after leaving", async () => {
    const browser = cameras("first");
    const { cignal } = await enter({}, browser);
    await settle();
    browser.plug("second");
    await settle();
    const lists: string[][] = [];
    cignal.on("devicesChanged", ({ cameras }) => {
      lists.push(cameras.map(({ label }) => label));
    });
    await settle();
    expect(lists).toEqual([["first", "second"]]);
    browser.plug("third");
    await settle();
    expect(lists.slice(1)).toEqual([["first", "second", "third"]]);
    browser.plug("fourth");
    await cignal.leaveRoom();
    browser.plug("fifth");
    await settle();
    expect(lists).toHaveLength(2);
  });

  it("are remembered unless that is switched off", async () => {
    const storage = fakeStorage();
    const originStorage = () => storage;
    for (const rememberDevices of [false, true]) {
      const { cignal } = await enter({ rememberDevices }, { originStorage });
      await cignal.camera.switchDevice("second");
      const remembered = storage.getItem("cignal devices");
      expect(remembered).toBe(rememberDevices ? '{"camera":"second"}' : null);
    }
  });

  it("are told at each change of their state, also to who listens later", async () => {
    const { cignal } = await enter();
    cignal.camera.stop();
    const changes: unknown[] = [];
    cignal.on("localMediaChanged", (...change) => {
      changes.push(change);
    });
    await settle();
    expect(changes).toEqual([
      ["microphone", "starting"],
      ["camera", "starting"],
      ["microphone", "live"],
      ["camera", "live"],
      ["camera", "off"],
    ]);
  });
});
