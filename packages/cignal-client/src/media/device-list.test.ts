import { describe, expect, it } from "vitest";
import { deviceList } from "./device-list.js";

const info = (kind: MediaDeviceKind, deviceId: string, label = "", groupId = deviceId) =>
  ({ kind, deviceId, label, groupId }) as MediaDeviceInfo;

const list = (...devices: MediaDeviceInfo[]) =>
  deviceList({ enumerateDevices: async () => devices });

describe("the list of devices", () => {
  it("has each kind by itself, with the browser's labels", async () => {
    const devices = await list(
      info("audioinput", "m", "Headset"),
      info("videoinput", "c", "Webcam"),
      info("audiooutput", "s", "Screen"),
    );
    expect(devices).toEqual({
      microphones: [{ deviceId: "m", label: "Headset" }],
      cameras: [{ deviceId: "c", label: "Webcam" }],
      speakers: [{ deviceId: "s", label: "Screen" }],
    });
    expect(Object.isFrozen(devices) && Object.isFrozen(devices.cameras[0])).toBe(true);
  });

  it("has one device without an id of each kind that the page may not use yet", async () => {
    const devices = await list(
      info("audioinput", ""),
      info("audioinput", ""),
      info("videoinput", ""),
    );
    expect(devices).toEqual({
      microphones: [{ deviceId: "", label: "Microphone 1" }],
      cameras: [{ deviceId: "", label: "Camera 1" }],
      speakers: [],
    });
  });

  it("numbers devices without a label, and leaves out those without an id beside others", async () => {
    const { cameras } = await list(
      info("videoinput", "a"),
      info("videoinput", ""),
      info("videoinput", "b"),
    );
    expect(cameras).toEqual([
      { deviceId: "a", label: "Camera 1" },
      { deviceId: "b", label: "Camera 2" },
    ]);
  });

  it("has the system's default once, and first", async () => {
    const { speakers } = await list(
      info("audiooutput", "default", "Default - Headset", "headset"),
      info("audiooutput", "communications", "Communications - Built-in", "built-in"),
      info("audiooutput", "b", "Built-in", "built-in"),
      info("audiooutput", "h", "Headset", "headset"),
    );
    expect(speakers.map(({ label }) => label)).toEqual(["Headset", "Built-in"]);
  });

  it("keeps a default that is listed nowhere else", async () => {
    const { microphones } = await list(
      info("audioinput", "default", "Default"),
      info("audioinput", "m", "Headset"),
    );
    expect(microphones.map(({ label }) => label)).toEqual(["Default", "Headset"]);
  });

  it("is empty where the browser does not tell", async () => {
    const enumerateDevices = () => Promise.reject(new Error("NotAllowedError"));
    const nothing = { microphones: [], cameras: [], speakers: [] };
    expect(await deviceList({ enumerateDevices })).toEqual(nothing);
  });
});
