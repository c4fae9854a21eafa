import { flush, type Model, opposite, pass, run, SIDES, type Side } from "./model.js";

interface SideAction {
  possible?: (model: Model, side: Side) => boolean;
  run: (model: Model, side: Side) => void | Promise<void>;
}

const canHandOver = ({ outbox, up }: Model, side: Side) =>
  outbox[side].length > 0 && up[opposite[side]];

/** What a side can do, and what can happen to it or to what it has sent. */
const sideActions = {
  /** Connects ahead of the call. */
  warm: { run: ({ pages }, side) => pages[side].peer.warmUp() },
  /** A click on joinRoom. */
  call: { run: (model, side) => void model.call(side).catch(() => {}) },
  /** A click on what rings. */
  accept: {
    possible: (model, side) => model.callState(side) === "incoming",
    run: (model, side) => model.accept(side),
  },
  reject: {
    possible: (model, side) => model.callState(side) === "incoming",
    run: ({ pages }, side) => pages[side].peer.reject(),
  },
  cancel: {
    possible: (model, side) => ["calling", "ringing"].includes(model.callState(side)),
    run: ({ pages }, side) => pages[side].peer.cancel(),
  },
  /** The server hands over what the side has sent: the next envelope, or all of them in one moment. */
  deliver: {
    possible: canHandOver,
    run: (model, side) => model.hand(side, model.outbox[side].shift()),
  },
  burst: {
    possible: (model, side) => canHandOver(model, side) && model.outbox[side].length > 1,
    run: (model, side) => {
      for (const envelope of model.outbox[side].splice(0)) model.hand(side, envelope);
    },
  },
  /** Hands over the next envelope, and has it still. */
  repeat: { possible: canHandOver, run: (model, side) => model.hand(side, model.outbox[side][0]) },
  lose: {
    possible: ({ outbox }, side) => outbox[side].length > 0,
    run: ({ outbox }, side) => void outbox[side].shift(),
  },
  /** The next envelope is overtaken by the one after it. */
  overtake: {
    possible: ({ outbox }, side) => {
      const [first, second] = outbox[side];
      return first !== undefined && first.session === second?.session;
    },
    run: ({ outbox }, side) =>
      void outbox[side].splice(0, 2, ...outbox[side].slice(0, 2).reverse()),
  },
  /** A description of long ago, or the last word of a former session, comes once more. */
  late: {
    possible: (model, side) => model.up[opposite[side]] && model.late(side) !== undefined,
    run: (model, side) => model.hand(side, model.late(side)),
  },
  stale: {
    possible: (model, side) => model.up[opposite[side]] && model.stale(side) !== undefined,
    run: (model, side) => model.hand(side, model.stale(side)),
  },
  /** The socket is lost, and back. */
  down: {
    possible: ({ up }, side) => up[side],
    run: ({ up }, side) => {
      up[side] = false;
    },
  },
  up: {
    possible: ({ up }, side) => !up[side],
    run: ({ up, pages }, side) => {
      up[side] = true;
      pages[side].peer.onServerBack();
    },
  },
  /** Another page, which the one before announced, or did not. */
  reload: {
    run: async (model, side) => {
      model.pages[side].peer.say("away");
      await flush();
      model.reload(side, { offer: true });
    },
  },
  crash: { run: (model, side) => model.reload(side, { offer: true }) },
  /** Takes the other one, whom the server had given up, for somebody new. */
  forget: {
    possible: ({ up }, side) => up[side] && !up[opposite[side]],
    run: (model, side) => model.reload(side, { offer: false }),
  },
  /** Nothing of what it sends directly arrives. */
  cut: {
    possible: (model, side) => model.pc(side)?.path === "working",
    run: (model, side) => model.pc(side)?.breakPath(),
  },
  restart: {
    possible: (model, side) => model.pc(side) !== undefined,
    run: (model, side) => model.pc(side)?.restartIce(),
  },
  /** Finds its channel closed, which calls for a new connection. */
  rebuild: {
    possible: (model, side) => model.pc(side)?.channel.readyState === "open",
    run: (model, side) => {
      const pc = model.pc(side);
      if (pc) pc.channel.readyState = "closed";
      model.pages[side].peer.hint("network-change");
    },
  },
  /** The browser says that there is no path. */
  fail: {
    possible: (model, side) => model.pc(side)?.canFail === true,
    run: (model, side) => model.pc(side)?.fail(),
  },
  inform: { run: (model, side) => model.inform(side) },
  /** Camera and microphone are switched off, and on. */
  hush: { possible: ({ on }, side) => on[side], run: (model, side) => model.switch(side, false) },
  speak: { possible: ({ on }, side) => !on[side], run: (model, side) => model.switch(side, true) },
  share: {
    possible: ({ sharing }, side) => !sharing[side],
    run: (model, side) => model.share(side, true),
  },
  unshare: {
    possible: ({ sharing }, side) => sharing[side],
    run: (model, side) => model.share(side, false),
  },
} satisfies Record<string, SideAction>;

/** What happens to both. */
const worldActions = {
  break: ({ network }: Model) => network.breakPaths(),
  block: ({ network }: Model) => network.block(),
  unblock: ({ network }: Model) => network.unblock(),
  /** For a while everything arrives at once. */
  calm: (model: Model) => run(model, 2_000, () => false),
  "20 ms": () => pass(20),
  "600 ms": () => pass(600),
  "4 s": () => pass(4_000, 50),
  "16 s": () => pass(16_000, 50),
};

type SideVerb = keyof typeof sideActions;
type WorldVerb = keyof typeof worldActions;
export type Verb = SideVerb | WorldVerb;
export type Action = `${SideVerb} ${Side}` | WorldVerb;

const isWorldVerb = (verb: string): verb is WorldVerb => verb in worldActions;

/** Each verb for each side that it concerns. */
export const actionsOf = (verbs: readonly Verb[]): Action[] =>
  verbs.flatMap((verb) =>
    isWorldVerb(verb) ? [verb] : SIDES.map((side): Action => `${verb} ${side}`),
  );

export const allActions = actionsOf([
  ...(Object.keys(sideActions) as SideVerb[]),
  ...(Object.keys(worldActions) as WorldVerb[]),
]);

function find(action: Exclude<Action, WorldVerb>): [SideAction, Side] {
  const [verb, side] = action.split(" ") as [SideVerb, Side];
  return [sideActions[verb], side];
}

export function isPossible(model: Model, action: Action): boolean {
  if (action === "block") return model.network.state === "working";
  if (action === "unblock") return model.network.state === "blocked";
  if (isWorldVerb(action)) return true;
  const [{ possible }, side] = find(action);
  return possible?.(model, side) ?? true;
}

/** Does it and lets every promise run. */
export async function act(model: Model, action: Action): Promise<void> {
  if (isWorldVerb(action)) await worldActions[action](model);
  else {
    const [{ run }, side] = find(action);
    await run(model, side);
  }
  await flush();
}
