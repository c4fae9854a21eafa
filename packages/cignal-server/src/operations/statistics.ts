import type { ServerErrorCode } from "@cignal/protocol";
import type { CignalServer, ServerStatus } from "../cignal-server.js";

/** What happened on this node between `at` (milliseconds since the epoch) and the next step. */
export interface StatisticsStep {
  readonly at: number;
  /** At its end. `null` if the store did not answer. */
  readonly rooms: number | null;
  /** At its end: members who are connected to this node. */
  readonly peers: number;
  readonly joins: number;
  readonly leaves: number;
  /** What was refused, by code. */
  readonly errors: Readonly<Partial<Record<ServerErrorCode, number>>>;
}

/** The last hour of this node, in steps. */
export interface StatisticsReport extends ServerStatus {
  /** How long a step is, in milliseconds. */
  readonly stepMs: number;
  /** Oldest first; the last one goes on. */
  readonly steps: readonly StatisticsStep[];
}

export interface Statistics {
  report(): Promise<StatisticsReport>;
  /** Counts no more. */
  stop(): void;
}

const STEPS = 60;

/** Counts for the dashboard what happens on this node, for an hour in steps of `stepMs` (a minute). */
export function keepStatistics(cignal: CignalServer, stepMs = 60_000): Statistics {
  const over: StatisticsStep[] = [];
  let now = emptyStep();

  async function close(): Promise<StatisticsStep> {
    const counted = now;
    const rooms = await cignal.rooms.count().catch(() => null);
    return { ...counted, errors: { ...counted.errors }, rooms, peers: cignal.status().peers };
  }

  async function turn(): Promise<void> {
    const closing = close();
    // What happens while the store is asked belongs to the next step.
    now = emptyStep();
    over.push(await closing);
    over.splice(0, over.length - (STEPS - 1));
  }

  const refused = ({ code }: { code: ServerErrorCode }) => {
    now.errors[code] = (now.errors[code] ?? 0) + 1;
  };
  const undos = [
    cignal.on("peerJoined", () => {
      now.joins++;
    }),
    cignal.on("peerLeft", () => {
      now.leaves++;
    }),
    cignal.on("peerRefused", refused),
    cignal.on("messageRefused", refused),
  ];
  const timer = setInterval(() => void turn(), stepMs);
  timer.unref();
  return {
    report: async () => ({ ...cignal.status(), stepMs, steps: [...over, await close()] }),
    stop() {
      clearInterval(timer);
      for (const undo of undos) undo();
    },
  };
}

function emptyStep() {
  const errors: Partial<Record<ServerErrorCode, number>> = {};
  return { at: Date.now(), joins: 0, leaves: 0, errors };
}
