import type { Envelope } from "@cignal/protocol";
import { vi } from "vitest";
import { type Action, act, isPossible } from "./actions.js";
import { Model, SIDES } from "./model.js";
import { findWrong, findWrongInTheEnd } from "./properties.js";

export interface Exploration {
  warm: boolean;
  /** Whether calls ring on both sides (N1). */
  rings?: boolean;
  /** What has happened before anything is explored. */
  start: readonly Action[];
  alphabet: readonly Action[];
  depth: number;
}

/** What is wrong after these actions, or in the end; `state` stands for everything that what follows depends on. */
interface Outcome {
  state: string;
  possible: Action[];
  wrong: string | undefined;
}

/** Plays a trace from the very beginning. What is not possible at its moment is left out. */
export async function play(
  { warm, rings = false, start, alphabet }: Omit<Exploration, "depth">,
  trace: readonly Action[],
  toTheEnd: (state: string) => boolean = () => true,
): Promise<Outcome> {
  vi.clearAllTimers();
  vi.setSystemTime(1_000_000);
  const model = new Model({ warm, rings });
  let wrong: string | undefined;
  for (const action of [...start, ...trace]) {
    if (!isPossible(model, action)) continue;
    await act(model, action);
    wrong ??= findWrong(model);
  }
  const state = describeState(model);
  const possible = alphabet.filter((action) => isPossible(model, action));
  if (toTheEnd(state)) wrong ??= await findWrongInTheEnd(model);
  model.end();
  return { state, possible, wrong };
}

/** Every interleaving, breadth first, up to a depth; of those that lead to the same state, the first is gone on with. */
export async function explore(exploration: Exploration) {
  const seen = new Set<string>();
  const isNew = (state: string) => !seen.has(state);
  const problems: { trace: Action[]; wrong: string }[] = [];
  let interleavings = 0;
  let layer: Action[][] = [[]];
  for (let length = 0; length <= exploration.depth; length++) {
    const next: Action[][] = [];
    for (const trace of layer) {
      const { state, possible, wrong } = await play(exploration, trace, isNew);
      interleavings++;
      if (wrong) problems.push({ trace, wrong });
      if (isNew(state) && !wrong) next.push(...possible.map((action) => [...trace, action]));
      seen.add(state);
    }
    layer = next;
  }
  return { interleavings, states: seen.size, problems };
}

const word = ({ session, recipient, number, message }: Envelope) => [
  session,
  recipient,
  number > 0,
  message?.type,
  message && "connection" in message && message.connection,
  message?.type === "description" && message.description.type,
];

/** All that is visible of both sides and of what is under way, with every name replaced by its place in this text. */
function describeState(model: Model): string {
  const visible = SIDES.map((side) => {
    const { peer, heard, open } = model.pages[side];
    const pcs = open().map((pc) => [
      pc.signalingState,
      pc.connectionState,
      pc.channel.readyState,
      pc.path,
      pc.ufrag,
      pc.other?.ufrag,
      pc.applied.length > 0,
    ]);
    return [
      peer.callState,
      peer.trouble,
      pcs,
      model.up[side],
      model.on[side],
      model.network.state,
      model.outbox[side].map(word),
      model.informed[side] - (heard.at(-1) ?? 0) > 0,
      model.sent[side].slice(-1).map(word),
    ];
  });
  const names = new Map<string, number>();
  return JSON.stringify(visible).replaceAll(/"(id|u)\d+(:\d+)?"/g, (name) => {
    if (!names.has(name)) names.set(name, names.size);
    return String(names.get(name));
  });
}
