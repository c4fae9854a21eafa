import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeTrack } from "../../../test/fake-media.js";
import { PartRoom } from "../../../test/part-room.js";
import type { OrientationBrowser } from "../../browser/orientation.js";
import { inside } from "../inside.js";
import { SharedOrientation } from "./shared-orientation.js";

/** A device in somebody's hands. */
class Device implements OrientationBrowser {
  angle = 0;
  facingMode: string | undefined;
  readonly listeners = new Set<() => void>();

  screenAngle = () => this.angle;

  watchScreen = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  turn(angle: number): void {
    this.angle = angle;
    for (const listener of this.listeners) listener();
  }
}

/** Who was told before is told in a microtask. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

let room: PartRoom;
let device: Device;

const ann = { id: "ann", name: "Ann" };
const ben = { id: "ben", name: "Ben" };

function enter(info: { id: string; name: string }, held = new Device()) {
  const cignal = room.enter(info);
  const session = inside(cignal);
  const track = Object.assign(new FakeTrack("video"), {
    getSettings: () => ({ facingMode: held.facingMode }),
  });
  Object.assign(session, { media: { camera: { track } } });
  return { session, share: () => new SharedOrientation(session, held) };
}

beforeEach(() => {
  room = new PartRoom();
  device = new Device();
});

describe("orientation", () => {
  it("G1: is told at once, at each change, and to who comes later", async () => {
    enter(ann, device).share();
    const second = enter(ben).share();
    await settle();
    expect(second.of("ann")).toEqual({ angle: 0 });
    const changed = vi.fn();
    second.on("changed", changed);
    await settle();
    device.turn(90);
    device.turn(90);
    expect(changed.mock.calls).toEqual([
      [{ angle: 0 }, { peer: ann }],
      [{ angle: 90 }, { peer: ann }],
    ]);
    expect(second.of("ann")).toEqual({ angle: 90 });
    expect(room.said.filter(({ from }) => from === "ann")).toHaveLength(3);
  });

  it("G1: is told anew to somebody who was cut off while it changed", async () => {
    const first = enter(ann, device);
    first.share();
    const second = enter(ben).share();
    await settle();
    room.cutOff("ann");
    device.turn(270);
    expect(second.of("ann")).toEqual({ angle: 0 });
    room.cutOff("ann", false);
    first.session.events.emit("reconnected", { peer: ben, gapMs: 1 });
    expect(second.of("ann")).toEqual({ angle: 270 });
  });

  it("G2: is asked for by who opens it later than they came", () => {
    const first = enter(ann, device);
    const second = enter(ben);
    const late = second.share();
    expect(late.of("ann")).toBeUndefined();
    device.angle = 180;
    first.share();
    expect(late.of("ann")).toEqual({ angle: 180 });
  });

  it("says which way the camera looks, and says nothing while nothing changes", async () => {
    device.facingMode = "user";
    const { session, share } = enter(ann, device);
    share();
    const second = enter(ben).share();
    await settle();
    expect(second.of("ann")).toEqual({ angle: 0, facing: "front" });
    const said = room.said.length;
    session.events.emit("stateChanged", {} as never);
    expect(room.said).toHaveLength(said);
    device.facingMode = "environment";
    session.events.emit("stateChanged", {} as never);
    expect(second.of("ann")).toEqual({ angle: 0, facing: "back" });
    device.facingMode = "left";
    session.events.emit("stateChanged", {} as never);
    expect(second.of("ann")).toEqual({ angle: 0 });
  });

  it.each([null, {}, "90", { angle: 45 }, { angle: 0, facing: "up" }, { angle: 0, ask: "yes" }])(
    "ignores %j",
    (data) => {
      const first = enter(ann).share();
      enter(ben);
      const changed = vi.fn();
      first.on("changed", changed);
      room.say("ben", "ann", "orientation", data);
      expect(first.of("ben")).toBeUndefined();
      expect(changed).not.toHaveBeenCalled();
    },
  );

  it("ignores what was said by somebody who is gone", () => {
    const { session, share } = enter(ann);
    enter(ben);
    room.leave("ben");
    const first = share();
    const changed = vi.fn();
    first.on("changed", changed);
    // Held until the part was opened.
    session.topics.emit("orientation", { angle: 90 }, ben);
    expect(first.of("ben")).toBeUndefined();
    expect(changed).not.toHaveBeenCalled();
  });

  it("forgets who has left, and ends with the room", () => {
    const first = enter(ann, device).share();
    enter(ben).share();
    expect(first.of("ben")).toEqual({ angle: 0 });
    room.leave("ben");
    expect(first.of("ben")).toBeUndefined();
    room.leave("ann");
    first.close();
    expect(device.listeners.size).toBe(0);
  });
});
