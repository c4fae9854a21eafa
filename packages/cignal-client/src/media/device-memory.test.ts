import { describe, expect, it } from "vitest";
import { fakeStorage } from "../../test/fake-browser.js";
import { DeviceMemory } from "./device-memory.js";

describe("the memory of devices", () => {
  it("knows on the next page what was chosen last, of each kind", () => {
    const storage = fakeStorage();
    const memory = new DeviceMemory(storage);
    memory.remember("camera", "first");
    memory.remember("speaker", "loud");
    new DeviceMemory(storage).remember("camera", "second");
    for (const each of [memory, new DeviceMemory(storage)]) {
      expect(each.recall("camera")).toBe("second");
      expect(each.recall("speaker")).toBe("loud");
      expect(each.recall("microphone")).toBeUndefined();
    }
    memory.remember("camera", "");
    expect(memory.recall("camera")).toBeUndefined();
  });

  it.each(["", "null", "7", "[]", "{", '{"camera":{}}'])("begins anew after %o", (text) => {
    const storage = fakeStorage();
    storage.setItem("cignal devices", text);
    const memory = new DeviceMemory(storage);
    expect(memory.recall("camera")).toBeUndefined();
    memory.remember("camera", "first");
    expect(memory.recall("camera")).toBe("first");
  });

  it("does without a storage, and with one that is full or forbidden", () => {
    const broken = () => {
      throw new Error("QuotaExceededError");
    };
    for (const storage of [undefined, { getItem: broken, setItem: broken }]) {
      const memory = new DeviceMemory(storage);
      memory.remember("camera", "first");
      expect(memory.recall("camera")).toBeUndefined();
    }
  });
});
