import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attempt } from "../../test/attempt.js";
import { FakeTrack } from "../../test/fake-media.js";
import { CignalError } from "../errors.js";
import { type DeviceFailure, DeviceKeeper } from "./device-keeper.js";
import type { DeviceList } from "./device-list.js";
import { type DeviceKind, Source } from "./source.js";

/** Long enough for a device that was pulled out to be replaced. */
const settle = () => vi.advanceTimersByTimeAsync(100);

/** A machine into which microphones and cameras are plugged, and a page that uses one of each. */
class Machine {
  readonly plugged = new Set<string>();
  readonly tracks: FakeTrack[] = [];
  readonly failures: DeviceFailure[] = [];
  readonly lists: DeviceList[] = [];
  readonly states: string[] = [];
  /** What is asked for, in order. */
  readonly asked: string[] = [];
  access: "granted" | "denied" = "granted";
  readonly busy = new Set<string>();
  readonly microphone = this.#source("microphone");
  readonly camera = this.#source("camera");
  readonly keeper = new DeviceKeeper({
    browser: { enumerateDevices: async () => this.#enumerate() },
    sources: this,
    onDevices: (devices) => this.lists.push(devices),
    onFailure: (failure) => this.failures.push(failure),
  });

  constructor(...devices: string[]) {
    for (const device of devices) this.plugged.add(device);
  }

  get live(): FakeTrack[] {
    return this.tracks.filter(({ readyState }) => readyState === "live");
  }

  /** Their names begin with their kind. */
  plug(device: string): void {
    this.plugged.add(device);
    void this.keeper.onDeviceChange();
  }

  pull(device: string): void {
    this.plugged.delete(device);
    for (const track of this.live) if (track.deviceId === device) track.end();
    void this.keeper.onDeviceChange();
  }

  #enumerate(): MediaDeviceInfo[] {
    return [...this.plugged].map((device) => {
      const kind = device.startsWith("microphone") ? "audioinput" : "videoinput";
      const deviceId = this.access === "granted" ? device : "";
      return { kind, deviceId, label: deviceId, groupId: "" } as MediaDeviceInfo;
    });
  }

  #source(kind: DeviceKind): Source {
    let before = "off";
    const source = new Source({
      kind,
      attempt: attempt((error) => this.failures.push(error as DeviceFailure)),
      capture: async ({ deviceId, exact }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.asked.push(deviceId || "any");
        if (this.access === "denied") throw new CignalError("permission-denied", "no");
        const ofKind = [...this.plugged].filter((device) => device.startsWith(kind));
        const found = ofKind.find((device) => device === deviceId);
        const device = exact && deviceId ? found : (found ?? ofKind[0]);
        if (!device) throw new CignalError("device-not-found", "no");
        if (this.busy.has(device)) throw new CignalError("device-busy", "no");
        const track = new FakeTrack(kind === "camera" ? "video" : "audio", device);
        this.tracks.push(track);
        return track as unknown as MediaStreamTrack;
      },
      order: "release first",
      release: (track) => track.stop(),
      onChange: () => {
        if (source.state === before) return;
        before = source.state;
        if (kind === "camera") this.states.push(before);
        void this.keeper.onState(kind);
      },
    });
    return source;
  }
}

const deviceOf = ({ track }: Source) => track?.getSettings().deviceId;

/** One that has started both, in the moment after. */
async function started(...devices: string[]): Promise<Machine> {
  const machine = new Machine(...devices);
  const starting = Promise.all([machine.microphone.start(), machine.camera.start()]);
  await settle();
  await starting;
  machine.states.length = 0;
  machine.asked.length = 0;
  return machine;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the keeper of devices", () => {
  it("goes on with another device when the one in use is pulled out", async () => {
    const machine = await started("microphone 1", "camera 1", "camera 2");
    machine.pull("camera 1");
    await settle();
    expect(deviceOf(machine.camera)).toBe("camera 2");
    expect(machine.states).toEqual(["ended", "starting", "live"]);
    expect(machine.microphone.state).toBe("live");
    expect(machine.failures).toEqual([]);
  });

  it("says once that there is none, and comes back by itself with the next one", async () => {
    const machine = await started("microphone 1", "camera 1");
    machine.pull("camera 1");
    machine.pull("camera 1");
    machine.plug("microphone 2");
    await settle();
    expect(machine.camera.state).toBe("ended");
    expect(machine.failures).toMatchObject([
      { code: "device-not-found", device: "camera", retryable: true },
    ]);
    expect(machine.asked).toEqual([]);
    machine.plug("camera 2");
    await settle();
    expect(deviceOf(machine.camera)).toBe("camera 2");
    expect(machine.failures).toHaveLength(1);
  });

  it("prefers what was chosen, once it is back", async () => {
    const machine = await started("microphone 1", "camera 1", "camera 2");
    void machine.camera.switchDevice("camera 2");
    await settle();
    machine.pull("camera 1");
    machine.pull("camera 2");
    await settle();
    machine.plugged.add("camera 3");
    machine.plug("camera 2");
    await settle();
    expect(deviceOf(machine.camera)).toBe("camera 2");
  });

  it("is blocked when access was taken back, and does not ask again", async () => {
    const machine = await started("microphone 1", "camera 1");
    machine.access = "denied";
    for (const track of machine.live) track.end();
    await settle();
    machine.plug("camera 2");
    await settle();
    expect([machine.microphone.state, machine.camera.state]).toEqual(["blocked", "blocked"]);
    expect(machine.failures.map(({ code }) => code)).toEqual([
      "permission-denied",
      "permission-denied",
    ]);
    expect(machine.asked).toEqual(["any", "any"]);
  });

  it("takes a device again that was merely reset, and gives up one that ends each time", async () => {
    const machine = await started("microphone 1", "camera 1");
    for (let time = 1; time <= 5; time++) {
      machine.tracks.findLast(({ kind }) => kind === "video")?.end();
      await settle();
    }
    expect(machine.camera.state).toBe("ended");
    expect(machine.asked).toEqual(["camera 1"]);
    expect(machine.failures).toMatchObject([{ code: "device-not-found" }]);
  });

  it("says that another program holds the device that is left", async () => {
    const machine = await started("microphone 1", "camera 1", "camera 2");
    machine.busy.add("camera 2");
    machine.pull("camera 1");
    await settle();
    expect(machine.camera.state).toBe("ended");
    expect(machine.failures).toMatchObject([{ code: "device-busy" }]);
  });

  it("starts what was asked for and was not there, once it is plugged in", async () => {
    const machine = await started("microphone 1");
    expect(machine.camera).toMatchObject({ state: "blocked" });
    machine.plug("camera 1");
    await settle();
    expect(machine.failures).toHaveLength(1);
  });

  it("lets a source rest that was stopped meanwhile", async () => {
    const machine = await started("microphone 1", "camera 1", "camera 2");
    machine.pull("camera 1");
    machine.camera.stop();
    await settle();
    machine.plug("camera 3");
    await settle();
    expect(machine.camera.state).toBe("off");
    expect(machine.live).toHaveLength(1);
    expect(machine.failures).toEqual([]);
  });

  it("tells what there is after the first capture, and each time that something else is there", async () => {
    const machine = await started("microphone 1", "camera 1");
    const cameras = () => machine.lists.map((list) => list.cameras.map(({ label }) => label));
    expect(cameras()).toEqual([["camera 1"]]);
    machine.camera.stop();
    void machine.camera.start();
    await settle();
    machine.plug("camera 2");
    machine.plug("camera 2");
    await settle();
    expect(cameras()).toEqual([["camera 1"], ["camera 1", "camera 2"]]);
  });

  it("has a device whenever one is wanted and there, whatever is pulled and plugged, and holds no other", async () => {
    const device = fc.constantFrom("camera 1", "camera 2", "camera 3");
    const step = fc.oneof(
      fc.record({ name: fc.constantFrom("plug", "pull", "switch"), device }),
      fc.record({ name: fc.constantFrom("start", "stop", "mute", "wait"), device }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const machine = new Machine("camera 1");
        const { camera } = machine;
        const actions: Record<string, (device: string) => unknown> = {
          plug: (device) => machine.plug(device),
          pull: (device) => machine.pull(device),
          start: () => camera.start(),
          stop: () => camera.stop(),
          mute: () => camera.mute(),
          switch: (device) => camera.switchDevice(device),
          wait: () => vi.advanceTimersByTimeAsync(25),
        };
        for (const { name, device } of steps) {
          const done = actions[name]?.(device);
          if (name === "wait") await done;
        }
        await vi.advanceTimersByTimeAsync(2_000);
        const wish = steps.findLast(({ name }) => name === "start" || name === "stop");
        const captures = camera.state === "live" || camera.state === "muted";
        if (wish?.name === "start" && machine.plugged.size > 0) expect(captures).toBe(true);
        if (wish?.name !== "start") expect(camera.state).toBe("off");
        expect(machine.live).toEqual(captures ? [camera.track] : []);
        if (captures) expect(machine.plugged).toContain(deviceOf(camera));
        if (steps.some(({ name }) => name === "mute") && captures) {
          expect(camera.state).toBe("muted");
        }
      }),
    );
  });
});
