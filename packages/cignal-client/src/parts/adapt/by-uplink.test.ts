import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byUplink } from "./by-uplink.js";
import type { Plan } from "./plan.js";
import { share } from "./shares.js";
import type { PeerSituation, Situation } from "./situation.js";

const camera = { width: 640, height: 480, frameRate: 30 };
const ids = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);

let measurements = 0;

const situation = (peers: PeerSituation[], more: Partial<Situation> = {}): Situation => ({
  people: peers.length + 1,
  peers,
  measurements: ++measurements,
  camera,
  microphone: true,
  screen: "nobody",
  cpuLimited: false,
  ...more,
});

const sumOf = (plan: Plan) =>
  Object.values(plan.peers ?? {}).reduce(
    (sum, { audio, screen, video }) =>
      sum + (audio?.maxBitrate ?? 0) + (screen?.maxBitrate ?? 0) + (video?.maxBitrate ?? 0),
    0,
  );

/** What browsers estimate and send over an uplink that all share, each up to what it is given. */
function network(
  capacity: number,
  plan: Plan | undefined,
  peers: readonly string[],
  wants = 1_500_000,
) {
  const demands = peers.map((id) => {
    const { audio, video, screen } = plan?.peers?.[id] ?? {};
    const limits = [audio?.maxBitrate ?? 40_000, video?.paused ? 0 : (video?.maxBitrate ?? wants)];
    return limits.reduce((sum, each) => sum + each, screen?.maxBitrate ?? 0);
  });
  const whole = demands.reduce((sum, each) => sum + each, 0);
  return peers.map((id, index): PeerSituation => {
    const demand = demands[index] ?? 0;
    const full = whole > capacity;
    const sentBitrate = full ? (demand * capacity) / whole : demand;
    return { id, relay: false, sentBitrate, availableBitrate: full ? sentBitrate : demand * 1.4 };
  });
}

function play(capacities: readonly number[], count: number, more: Partial<Situation> = {}) {
  const policy = byUplink();
  const plans: Plan[] = [];
  for (const capacity of capacities) {
    const before = plans.at(-1);
    plans.push(policy(situation(network(capacity, before, ids(count)), more), before));
  }
  return plans;
}

const steady = (capacity: number, steps: number) => Array<number>(steps).fill(capacity);

describe("the shares of an uplink", () => {
  const peer = (id: string) =>
    fc.record({
      id: fc.constant(id),
      relay: fc.boolean(),
      availableBitrate: fc.option(fc.integer({ min: 0, max: 10_000_000 }), { nil: undefined }),
    });
  const anything = fc.record({
    uplink: fc.integer({ min: 1_000, max: 50_000_000 }),
    peers: fc.integer({ min: 1, max: 8 }).chain((count) => fc.tuple(...ids(count).map(peer))),
    screen: fc.constantFrom("own" as const, "theirs" as const, "nobody" as const),
    camera: fc.constantFrom(undefined, camera, { width: 1280, height: 720, frameRate: 30 }),
    paused: fc.subarray(ids(8)),
  });

  it("are never more than it bears, and sound always has its own", () => {
    fc.assert(
      fc.property(anything, ({ uplink, peers, paused, ...more }) => {
        const shares = share(situation(peers, more), uplink, new Set(paused));
        let sum = 0;
        for (const { audio, screen, video } of shares.values()) {
          expect(audio).toBeGreaterThan(0);
          expect(audio).toBeGreaterThanOrEqual(Math.floor(Math.min(16_000, uplink / peers.length)));
          expect(screen).toBeGreaterThanOrEqual(0);
          expect(video === 0 || video >= 49_000).toBe(true);
          sum += audio + screen + video;
        }
        expect(sum).toBeLessThanOrEqual(uplink);
      }),
    );
  });

  it("put sound first, then the screen, then faces", () => {
    const peers = ids(5).map((id) => ({ id, relay: false }));
    const shares = share(situation(peers, { screen: "own" }), 1_500_000, new Set());
    for (const { audio, screen, video } of shares.values()) {
      expect(audio).toBe(40_000);
      expect(screen).toBe(195_000);
      expect(video).toBe(65_000);
    }
    const narrow = share(situation(peers, { screen: "own" }), 300_000, new Set());
    const [first] = narrow.values();
    expect(first).toEqual({ audio: 30_000, screen: 22_000, video: 0 });
  });

  it("leave to the others what a narrow connection cannot take", () => {
    const peers = [
      { id: "narrow", relay: true, availableBitrate: 100_000 },
      { id: "wide", relay: false, availableBitrate: 3_000_000 },
    ];
    const shares = share(situation(peers), 1_080_000, new Set());
    expect(shares.get("narrow")?.video).toBe(100_000);
    expect(shares.get("wide")?.video).toBe(900_000);
  });

  it("pause those for whom there is too little, and the same ones again", () => {
    const peers = ids(5).map((id) => ({ id, relay: false }));
    const seen = (paused: string[]) =>
      [...share(situation(peers), 340_000, new Set(paused))].flatMap(([id, { video }]) =>
        video > 0 ? [id] : [],
      );
    expect(seen([])).toEqual(["p0", "p1", "p2"]);
    expect(seen(["p0", "p1"])).toEqual(["p2", "p3", "p4"]);
  });
});

describe("byUplink", () => {
  it("depends on its arguments alone", () => {
    const peers = network(1_500_000, undefined, ids(5));
    const before = byUplink()(situation(peers), undefined);
    const now = situation(network(900_000, before, ids(5)));
    const again = () => byUplink()(now, before);
    expect(again()).toEqual(again());
  });

  it("does not judge one measurement twice, however many come and go", () => {
    const policy = byUplink();
    for (const more of [{ cpuLimited: true }, {}]) {
      const before = play(steady(4_000_000, 10), 3).at(-1);
      const now = situation(network(2_000_000, before, ids(3)), more);
      const first = policy(now, before);
      let last = first;
      for (let event = 0; event < 20; event++) last = policy(now, last);
      expect(last.memory).toEqual(first.memory);
    }
  });

  it("goes on from what it knew when all have left and somebody comes", () => {
    const policy = byUplink();
    const before = play(steady(2_000_000, 20), 2).at(-1) as Plan;
    const alone = policy(situation([], { camera: undefined }), before);
    const together = policy(situation(ids(2).map((id) => ({ id, relay: false }))), alone);
    const uplink = ({ memory }: Plan) => Object(memory).uplink;
    expect(uplink(together)).toEqual(uplink(before));
  });

  it("lets sound through, however little the browser believes in the uplink", () => {
    const plan = play([...steady(900_000, 5), ...steady(1, 20)], 5).at(-1);
    for (const id of ids(5)) expect(plan?.peers?.[id]?.audio?.maxBitrate).toBeGreaterThan(5_000);
  });

  it("settles on what the uplink bears and does not go back and forth", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200_000, max: 20_000_000 }),
        fc.integer({ min: 1, max: 7 }),
        (capacity, count) => {
          const plans = play(steady(capacity, 120), count).slice(40);
          for (const id of ids(count)) {
            const sizes = plans.map(({ peers }) =>
              JSON.stringify([
                peers?.[id]?.video?.scaleResolutionDownBy,
                peers?.[id]?.video?.paused,
              ]),
            );
            const changes = sizes.filter((size, index) => index > 0 && size !== sizes[index - 1]);
            expect(changes.length).toBeLessThanOrEqual(3);
          }
          for (const plan of plans) expect(sumOf(plan)).toBeLessThanOrEqual(capacity * 1.15);
        },
      ),
    );
  });

  it("falls at once when the uplink does, and rises slowly when it is back", () => {
    const plans = play(
      [...steady(4_000_000, 30), ...steady(800_000, 3), ...steady(4_000_000, 60)],
      3,
    );
    const before = sumOf(plans[29] as Plan);
    expect(sumOf(plans[31] as Plan)).toBeLessThanOrEqual(800_000);
    expect(sumOf(plans[36] as Plan)).toBeLessThan(before / 2);
    expect(sumOf(plans[92] as Plan)).toBeGreaterThan(before * 0.8);
  });

  it("six people on 1.5 Mbit/s: everybody is heard well and seen, small", () => {
    const plan = play(steady(1_500_000, 40), 5).at(-1);
    for (const id of ids(5)) {
      const { audio, video } = plan?.peers?.[id] ?? {};
      expect(audio?.maxBitrate).toBe(40_000);
      expect(video?.maxBitrate).toBeGreaterThan(150_000);
      expect(video?.scaleResolutionDownBy).toBeGreaterThan(1);
      expect(video?.maxFramerate).toBeGreaterThanOrEqual(15);
    }
  });

  it("one narrow connection does not narrow the others", () => {
    const policy = byUplink();
    let plan: Plan | undefined;
    for (let step = 0; step < 20; step++) {
      const peers = network(5_000_000, plan, ids(4)).map((peer) =>
        peer.id === "p0" ? { ...peer, sentBitrate: 90_000, availableBitrate: 100_000 } : peer,
      );
      plan = policy(situation(peers), plan);
    }
    expect(plan?.peers?.["p0"]?.video?.maxBitrate).toBeLessThanOrEqual(100_000);
    expect(plan?.peers?.["p1"]?.video?.maxBitrate).toBeGreaterThan(700_000);
  });

  it("keeps to the most that it is told", () => {
    const policy = byUplink({ maxBitrate: 300_000 });
    const first = policy(situation(ids(2).map((id) => ({ id, relay: false }))), undefined);
    expect(sumOf(first)).toBeLessThanOrEqual(300_000);
    expect(sumOf(first)).toBeGreaterThan(250_000);
    const later = policy(situation(network(9_000_000, first, ids(2))), first);
    expect(sumOf(later)).toBeLessThanOrEqual(300_000);
  });

  it("makes pictures smaller and fewer while the processor is too slow, and takes it back", () => {
    const [busy] = play(steady(9_000_000, 6), 2, { cpuLimited: true }).slice(-1);
    const video = busy?.peers?.["p0"]?.video;
    expect(video?.scaleResolutionDownBy).toBeGreaterThan(2);
    expect(video?.maxFramerate).toBe(10);
    let plan = busy;
    for (let step = 0; step < 6; step++) {
      plan = byUplink()(situation(network(9_000_000, plan, ids(2)), { encodeLoad: 0.1 }), plan);
    }
    expect(plan?.peers?.["p0"]?.video?.maxFramerate).toBe(30);
  });

  it("a wrong option is a TypeError", () => {
    expect(() => byUplink({ maxBitrate: -1 })).toThrow(TypeError);
  });
});
