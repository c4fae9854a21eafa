import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Attendee, Meeting } from "./meeting.js";
import { flush, pass } from "./model.js";

/** How long everything may take to heal, in milliseconds: a lost path is noticed, tried again, and made anew. */
const MEND_MS = 120_000;

/** Developers may have more of it. */
const RUNS = Number(process.env["MEETING_RUNS"] ?? 150);

const IDS = ["a", "b", "c", "d", "e"] as const;
type Id = (typeof IDS)[number];

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  await Promise.all([
    import("../../src/session.js"),
    import("../../src/peer/recovery.js"),
    import("../../src/media/device-keeper.js"),
  ]);
});
afterEach(() => {
  vi.useRealTimers();
});

const verbs = {
  enter: async (meeting: Meeting, id: Id) => {
    if (!meeting.members.has(id)) await meeting.enter(id);
  },
  leave: (meeting: Meeting, id: Id) => withPresent(meeting, id, (each) => meeting.leave(each)),
  reload: async (meeting: Meeting, id: Id) => {
    const before = meeting.members.get(id);
    if (before?.state !== "in") return;
    meeting.crash(before);
    await meeting.enter(id);
  },
  crash: (meeting: Meeting, id: Id) => withPresent(meeting, id, (each) => meeting.crash(each)),
  "give up": (meeting: Meeting, id: Id) => meeting.giveUp(id),
  call: (meeting: Meeting, id: Id) =>
    withPresent(meeting, id, ({ cignal }) => void cignal.joinRoom()),
  deliver: (meeting: Meeting, id: Id) => meeting.deliver(id),
  burst: (meeting: Meeting, id: Id) => meeting.deliver(id, 10),
  cut: (meeting: Meeting, id: Id) =>
    withPresent(meeting, id, (each) => {
      const other = meeting.present.find((one) => one !== each);
      if (other) meeting.cut(each, other);
    }),
  "600 ms": () => pass(600, 50),
  "4 s": () => pass(4_000, 50),
};
type Verb = keyof typeof verbs;

function withPresent(meeting: Meeting, id: Id, run: (attendee: Attendee) => void): void {
  const attendee = meeting.members.get(id);
  if (attendee?.state === "in") run(attendee);
}

const idsOf = (attendees: readonly Attendee[]) => attendees.map(({ id }) => id).sort();

/** What keeps this from being everybody with everybody, or nothing. */
function findUnsound(meeting: Meeting): string | undefined {
  const { present } = meeting;
  for (const one of present) {
    const others = present.filter((each) => each !== one);
    const seen = one.cignal.peers.map(({ id }) => id).sort();
    if (seen.join() !== idsOf(others).join()) return `${one.id} sees ${seen}`;
    for (const other of others) {
      const pc = meeting.pc(one, other);
      const peer = one.cignal.peers.find(({ id }) => id === other.id);
      const theirs = other.cignal.peers.find(({ id }) => id === one.id);
      const pair = `${one.id} and ${other.id}`;
      if (!pc || pc.other !== meeting.pc(other, one)) return `${pair} have no connection`;
      if (peer?.connection !== "connected") return `${pair} are ${peer?.connection}`;
      if (peer.reconnecting) return `${pair} recover: ${peer.reconnecting}`;
      if (peer.call !== theirs?.call) return `${pair} call: ${peer.call}, ${theirs?.call}`;
      if ((peer.stream !== null) !== (peer.call === "in-call")) return `${pair} show wrongly`;
      const sends = pc.getTransceivers().some(({ sender }) => sender.track);
      if (sends !== (peer.call === "in-call")) return `${pair} in ${peer.call} send: ${sends}`;
    }
  }
  return undefined;
}

/** Whom a page was told of: each joins and goes in turn, and is in the room at once, or out of it. */
function findMistold({ id, told, errors }: Attendee): string | undefined {
  const there = new Set<string>();
  for (const { name, peer, seen } of told) {
    if ((name === "joined") === there.has(peer)) return `${id} was told twice: ${peer} ${name}`;
    if (name === "joined") there.add(peer);
    else there.delete(peer);
    if (seen.includes(peer) !== (name === "joined")) {
      return `${id}, told that ${peer} ${name}, saw ${seen}`;
    }
  }
  // A call fails of whom nobody answers or who leaves first.
  const wrong = errors.find((error) => error.includes("negotiated"));
  return wrong && `${id} had an error: ${wrong}`;
}

describe("a room of several", () => {
  it("joins, leaves, reloads and lost connections in any order end in everybody with everybody", async () => {
    const action = fc.tuple(
      fc.constantFrom(...(Object.keys(verbs) as Verb[])),
      fc.constantFrom(...IDS),
    );
    const likely = fc.tuple(
      fc.constantFrom<Verb[]>("enter", "deliver", "burst", "call"),
      fc.constantFrom(...IDS),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(action, likely), { maxLength: 40, size: "max" }),
        async (trace) => {
          vi.clearAllTimers();
          const meeting = new Meeting();
          const pages = new Set<Attendee>();
          for (const [verb, id] of trace) {
            await verbs[verb](meeting, id);
            await flush();
            for (const each of meeting.members.values()) pages.add(each);
          }
          for (const id of IDS) meeting.giveUp(id);
          const isSound = () => findUnsound(meeting) === undefined;
          await meeting.run(MEND_MS, isSound);
          expect(findUnsound(meeting)).toBeUndefined();
          const [first] = meeting.present;
          if (meeting.present.length > 1) {
            void first?.cignal.joinRoom();
            const inCall = () =>
              isSound() && first?.cignal.peers.every(({ call }) => call === "in-call") === true;
            expect(await meeting.run(MEND_MS, inCall)).toBe(true);
          }
          for (const each of meeting.present) expect(findMistold(each)).toBeUndefined();
          meeting.end();
          await flush();
          const open = [...pages].flatMap(({ connections }) =>
            connections.filter(({ signalingState }) => signalingState !== "closed"),
          );
          expect(open).toHaveLength(0);
        },
      ),
      { numRuns: RUNS, seed: 20261122 },
    );
  }, 600_000);

  it("what happens to one pair, or to one page, touches no other connection", async () => {
    const harm = fc.constantFrom<Verb[]>("cut", "reload", "crash", "leave", "call", "4 s");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(harm, fc.constantFrom<Id[]>("a", "b")), { minLength: 1, maxLength: 6 }),
        async (trace) => {
          vi.clearAllTimers();
          const meeting = new Meeting();
          for (const id of IDS) await meeting.enter(id);
          void meeting.present[0]?.cignal.joinRoom();
          const isSound = () => findUnsound(meeting) === undefined;
          expect(await meeting.run(MEND_MS, isSound)).toBe(true);
          const bystanders = meeting.present.filter(({ id }) => !["a", "b"].includes(id));
          const connections = () =>
            bystanders.flatMap((one) => bystanders.map((other) => meeting.pc(one, other)));
          const before = connections();
          const troubles: unknown[] = [];
          for (const { cignal } of bystanders) {
            cignal.on("reconnecting", ({ peer }) => troubles.push(peer.id));
          }
          for (const [verb, id] of trace) await verbs[verb](meeting, id);
          for (const id of IDS) meeting.giveUp(id);
          expect(await meeting.run(MEND_MS, isSound)).toBe(true);
          expect(connections().every((pc, index) => pc === before[index])).toBe(true);
          expect(troubles.filter((id) => id !== "a" && id !== "b")).toEqual([]);
          meeting.end();
        },
      ),
      { numRuns: RUNS / 3, seed: 20261122 },
    );
  }, 600_000);
});
