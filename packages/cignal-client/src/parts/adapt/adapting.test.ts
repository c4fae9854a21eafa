import type { PeerInfo } from "@cignal/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, carol, enter } from "../../../test/enter-room.js";
import { FakeTrack } from "../../../test/fake-media.js";
import type { Browser } from "../../browser/browser.js";
import { inside } from "../inside.js";
import { adaptMedia } from "./adapting.js";
import type { Plan } from "./plan.js";
import type { Situation } from "./situation.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A camera whose size can be changed. */
class SizedTrack extends FakeTrack {
  size = { width: 640, height: 480 };
  override getSettings = () => ({ deviceId: "camera", frameRate: 30, ...this.size });
  getConstraints = () => ({});
  async applyConstraints(constraints: MediaTrackConstraints): Promise<void> {
    const { width, height } = constraints as Record<string, { ideal: number }>;
    this.size = { width: width?.ideal ?? 640, height: height?.ideal ?? 480 };
  }
}

async function enterWithCamera(peers: PeerInfo[] = [bob], overrides: Partial<Browser> = {}) {
  const camera = new SizedTrack("video");
  const tracks = [camera, new FakeTrack("audio")];
  const room = await enter(
    { mediaConstraints: { audio: true, video: true } },
    {
      peers,
      ...overrides,
      getUserMedia: () => async () => ({ getTracks: () => tracks }) as unknown as MediaStream,
    },
  );
  await vi.advanceTimersByTimeAsync(10);
  expect(room.cignal.state.camera).toBe("live");
  return { ...room, camera };
}

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `p${index}`, name: "P" }));

describe("adaptMedia", () => {
  it("DEFECTS 22: makes the camera's picture smaller when somebody comes, and larger when they leave", async () => {
    const { cignal, socket, camera } = await enterWithCamera(people(2));
    const adapting = adaptMedia(cignal);
    const changes: Plan[] = [];
    adapting.on("changed", (plan) => changes.push(plan));
    socket.receive("peer-joined", { peer: bob, revision: 2 });
    await vi.advanceTimersByTimeAsync(1);
    expect(camera.size).toEqual({ width: 320, height: 240 });
    socket.receive("peer-left", { peerId: "bob", reason: "left", revision: 3 });
    await vi.advanceTimersByTimeAsync(1);
    expect(camera.size).toEqual({ width: 640, height: 480 });
    expect(changes.map(({ capture }) => capture?.maxWidth)).toEqual([320, 640]);
    expect(adapting.plan).toEqual(changes.at(-1));
  });

  it("asks the policy with what there is, sends by its plan, and stops to when it is closed", async () => {
    const { cignal, socket } = await enterWithCamera([bob, { ...carol, inspector: true }]);
    const { room } = inside(cignal);
    const sent = vi.spyOn(room.peers[0] as NonNullable<(typeof room.peers)[0]>, "setQuality");
    const asked: Situation[] = [];
    const adapting = adaptMedia(cignal, {
      policy: (situation) => {
        asked.push(situation);
        return { peers: { bob: { video: { maxBitrate: 100_000 } } } };
      },
    });
    expect(asked[0]).toMatchObject({
      people: 2,
      camera: { width: 640, height: 480, frameRate: 30 },
      microphone: true,
      screen: "nobody",
      cpuLimited: false,
    });
    expect(sent.mock.lastCall?.[0].video).toEqual({ maxBitrate: 100_000 });
    cignal.setQuality({ video: { maxBitrate: 50_000, maxFramerate: 7 } });
    expect(sent.mock.lastCall?.[0].video).toEqual({ maxBitrate: 50_000, maxFramerate: 7 });
    adapting.close();
    adapting.close();
    expect(sent.mock.lastCall?.[0].video).toEqual({ maxBitrate: 50_000, maxFramerate: 7 });
    const count = asked.length;
    socket.receive("peer-left", { peerId: "bob", reason: "left", revision: 3 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveLength(count);
  });

  it("hands the policy what it has decided last, and tells of it when it is another plan", async () => {
    const { cignal } = await enterWithCamera();
    const before: (Plan | undefined)[] = [];
    const adapting = adaptMedia(cignal, {
      policy: (_, last) => {
        before.push(last);
        return { memory: before.length };
      },
    });
    const changed = vi.fn();
    adapting.on("changed", changed);
    await vi.advanceTimersByTimeAsync(4_100);
    expect(before.slice(0, 3)).toEqual([undefined, { memory: 1 }, { memory: 2 }]);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it("gives back the camera as it was, and ends with the stay in the room", async () => {
    const { cignal, camera } = await enterWithCamera(people(7));
    const adapting = adaptMedia(cignal);
    expect(camera.size).toEqual({ width: 192, height: 144 });
    adapting.close();
    expect(camera.size).toEqual({ width: 640, height: 480 });
    const asked = vi.fn(() => ({}));
    adaptMedia(cignal, { policy: asked });
    await cignal.leaveRoom();
    asked.mockClear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).not.toHaveBeenCalled();
  });

  it("does nothing once the room is left", async () => {
    const { cignal } = await enterWithCamera();
    await cignal.leaveRoom();
    const asked = vi.fn(() => ({}));
    adaptMedia(cignal, { policy: asked });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).not.toHaveBeenCalled();
  });

  it("says which measurement it is that the policy sees", async () => {
    const { cignal, socket } = await enterWithCamera();
    const seen: number[] = [];
    adaptMedia(cignal, {
      policy: ({ measurements }) => {
        seen.push(measurements);
        return {};
      },
    });
    await vi.advanceTimersByTimeAsync(1);
    const before = seen.at(-1);
    socket.receive("peer-joined", { peer: carol, revision: 2 });
    await vi.advanceTimersByTimeAsync(1);
    expect(seen.at(-1)).toBe(before);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(seen.at(-1)).toBe((before ?? 0) + 1);
  });

  it("another one takes the place of the first", async () => {
    const { cignal } = await enterWithCamera();
    const first = vi.fn(() => ({}));
    adaptMedia(cignal, { policy: first });
    adaptMedia(cignal);
    first.mockClear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(first).not.toHaveBeenCalled();
  });

  it("a policy that throws, or decides nonsense, changes nothing and is reported", async () => {
    const reportError = vi.fn();
    const { cignal } = await enterWithCamera([], { reportError });
    let plan: unknown = { capture: { maxWidth: 100 } };
    const adapting = adaptMedia(cignal, { policy: () => plan as Plan });
    plan = { capture: { maxWidth: -1 } };
    await vi.advanceTimersByTimeAsync(2_100);
    expect(reportError.mock.lastCall?.[0]).toBeInstanceOf(TypeError);
    expect(adapting.plan).toEqual({ capture: { maxWidth: 100 } });
  });

  it("wrong arguments are a TypeError", async () => {
    const { cignal } = await enter();
    expect(() => adaptMedia({} as never)).toThrow(TypeError);
    expect(() => adaptMedia(cignal, { policy: "byUplink" as never })).toThrow(TypeError);
  });
});
