import { vi } from "vitest";
import { takePulse } from "../../src/stats/pulse.js";
import type { FakeTrack } from "../fake-media.js";
import { act } from "./actions.js";
import { type Model, opposite, run, SIDES, type Side } from "./model.js";

/** How long the two may take to agree on whether there is a call, and then to be in a sound one. */
const AGREE_MS = 40_000;
const MEND_MS = 90_000;

/** A sound call must stay so. */
const LASTS_MS = 2_500;

const senders = (model: Model, side: Side) =>
  model.pages[side].open().flatMap((pc) => pc.getTransceivers().map(({ sender }) => sender.track));

/** What a side sends while it is in a call. */
function wantedOf(model: Model, side: Side): FakeTrack[] {
  const { tracks, screen } = model.pages[side];
  const devices = model.on[side] ? [tracks.audio, tracks.video] : [];
  return model.sharing[side] ? [...devices, screen] : devices;
}

/** The tracks of a side that carry what these of the other side's carry. */
function receivedFor(model: Model, side: Side, tracks: readonly FakeTrack[]): FakeTrack[] {
  const senders = model.pc(opposite[side])?.getTransceivers() ?? [];
  const sections = senders.flatMap(({ mid, sender: { track } }) =>
    track && tracks.includes(track) ? [mid] : [],
  );
  const transceivers = model.pc(side)?.getTransceivers() ?? [];
  return transceivers
    .filter(({ mid }) => sections.includes(mid))
    .map(({ receiver }) => receiver.track);
}

const isSame = (some: readonly unknown[], others: readonly unknown[]) =>
  some.length === others.length && some.every((each) => others.includes(each));

/** What is wrong at this moment that may never be, or nothing. */
export function findWrong(model: Model): string | undefined {
  for (const side of SIDES) {
    const { peer, heard, errors, open } = model.pages[side];
    const sent = senders(model, side).filter((track) => track !== null);
    const wanted = wantedOf(model, side);
    const sending = sent.length > 0;
    if (sent.some((track) => !wanted.includes(track))) {
      return `${side} transmits what is switched off`;
    }
    if (sending && peer.callState === "waiting") return `P3: ${side} transmits without a call`;
    if (model.rings && !model.consented[side] && open().length > 0) {
      return `N1: ${side} connects before anybody has accepted`;
    }
    if (open().length > 1) return `${side} has two connections`;
    if (errors.length > 0) return `${side} had an error: ${errors[0]}`;
    if (heard.some((number, index) => index > 0 && number <= (heard[index - 1] ?? 0))) {
      return `D3: ${side} heard ${heard}`;
    }
    const refused = heard.find((number) => model.refused[opposite[side]].has(number));
    if (refused !== undefined) return `D5: ${side} heard ${refused}, which was refused`;
  }
  return undefined;
}

/** What keeps this from being one sound call, or nothing. */
function findUnsound(model: Model): string | undefined {
  if (model.pc("a")?.other !== model.pc("b")) return "the connections are not each other's";
  for (const side of SIDES) {
    const { peer, shown, shownScreen } = model.pages[side];
    const pc = model.pc(side);
    const { connectionState = "none", signalingState = "none" } = pc ?? {};
    if (peer.callState !== "in-call") return `${side} is ${peer.callState}`;
    if (connectionState !== "connected") return `${side}'s connection is ${connectionState}`;
    if (signalingState !== "stable") return `${side}'s negotiation is in ${signalingState}`;
    if (pc?.path !== "working") return `${side}'s path is broken`;
    if (peer.trouble) return `${side} is in trouble: ${peer.trouble}`;
    const sent = senders(model, side).filter((track) => track !== null);
    if (!isSame(sent, wantedOf(model, side))) return `${side} does not send what it should`;
    const { tracks, screen } = model.pages[opposite[side]];
    if (!isSame(shown(), receivedFor(model, side, [tracks.audio, tracks.video]))) {
      return `P4: ${side} does not show what the other one sends`;
    }
    if (!isSame(shownScreen(), receivedFor(model, side, [screen]))) {
      return `P7: ${side} does not show the screen that the other one shares`;
    }
  }
  return undefined;
}

async function findStill(model: Model): Promise<string | undefined> {
  const received = async () =>
    Promise.all(
      SIDES.map(async (side) => {
        const pc = model.pages[side].peer.pc;
        return pc ? (await takePulse(pc)).packetsReceived : 0;
      }),
    );
  const before = await received();
  await run(model, LASTS_MS, () => false);
  const after = await received();
  return SIDES.map((side, index) => {
    const flows = (after[index] ?? 0) > (before[index] ?? 0);
    const sends = wantedOf(model, opposite[side]).length > 0;
    return flows === sends ? undefined : `media to ${side} do not flow`;
  }).find((problem) => problem);
}

/** What did not arrive though it was not refused and nobody began anew. */
function findLost(model: Model): string | undefined {
  if (model.reloads.a + model.reloads.b > 0) return undefined;
  for (const side of SIDES) {
    const { heard } = model.pages[opposite[side]];
    const due = Array.from({ length: model.informed[side] }, (_, index) => index + 1).filter(
      (number) => !model.refused[side].has(number),
    );
    if (due.join() !== heard.join()) return `D: of ${due} from ${side} arrived ${heard}`;
  }
  return undefined;
}

/** Lets everything heal, has somebody call if nobody did, and says what is wrong in the end, or nothing. */
export async function findWrongInTheEnd(model: Model): Promise<string | undefined> {
  if (model.network.state === "blocked") await act(model, "unblock");
  for (const side of SIDES) if (!model.up[side]) await act(model, `up ${side}`);
  const ends = SIDES.map((side) => model.pc(side));
  if (ends.some((pc) => pc?.path === "working") && ends.some((pc) => pc?.path === "broken")) {
    for (const pc of ends) pc?.loseConsent();
  }
  const states = () => SIDES.map((side) => model.pages[side].peer.callState);
  const agreed = () => {
    const [a, b] = states();
    const rings = [a, b].sort().join() === "incoming,ringing";
    const same = a === b && a !== "calling";
    return (same || rings) && model.outbox.a.length + model.outbox.b.length === 0;
  };
  if (!(await run(model, AGREE_MS, agreed))) return `no agreement: ${states()}`;
  let failure: string | undefined;
  if (model.pages.a.peer.callState === "waiting") {
    model.call("a").catch((error) => {
      failure = `the call fails: ${error.message}`;
    });
  }
  const sound = () => {
    for (const side of SIDES) if (model.callState(side) === "incoming") model.accept(side);
    return findUnsound(model) === undefined;
  };
  if (!(await run(model, MEND_MS, sound))) return failure ?? findUnsound(model);
  const wrong =
    failure ??
    (await findStill(model)) ??
    findUnsound(model) ??
    findLost(model) ??
    findWrong(model);
  if (wrong) return wrong;
  model.end();
  if (vi.getTimerCount() > 0) return `${vi.getTimerCount()} timers are left`;
  const open = model.network.connections.some(({ signalingState }) => signalingState !== "closed");
  return open ? "a connection is left open" : undefined;
}
