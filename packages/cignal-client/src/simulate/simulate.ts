import { changeParameters } from "../peer/sender-parameters.js";
import type { Room } from "../room.js";

/**
 * What a developer can do to this side of a call, to see what the page makes of it:
 * - `signaling-loss`: the socket is lost and cannot be had back for `forMs`
 * - `ice-failure`: every connection dies without a word to the other side
 * - `renegotiation`: a new offer and answer on every connection, with new candidates
 * - `slow-link`: this side sends no more than `kbps` of each track for `forMs`
 */
export type Scenario = "signaling-loss" | "ice-failure" | "renegotiation" | "slow-link";

export interface ScenarioOptions {
  /** How long it lasts, in milliseconds. Default: 5,000. */
  forMs?: number;
  /** How much of each track may leave, in kilobits a second. Default: 50. */
  kbps?: number;
}

const scenarios: Record<Scenario, (room: Room, options: Required<ScenarioOptions>) => unknown> = {
  "signaling-loss": (room, { forMs }) => {
    room.signaling.interrupt(forMs);
    return delay(forMs);
  },
  "ice-failure": (room) => connectionsOf(room).forEach((pc) => void pc.close()),
  renegotiation: (room) => connectionsOf(room).forEach((pc) => void pc.restartIce()),
  "slow-link": (room, options) => slowDown(connectionsOf(room), options),
};

/** Resolves when it is over, what follows from it may take longer; with what was wrong if there is no such scenario. */
export async function simulate(
  room: Room,
  scenario: Scenario,
  { forMs = 5_000, kbps = 50 }: ScenarioOptions = {},
): Promise<string | undefined> {
  if (!Object.hasOwn(scenarios, scenario)) {
    return `simulate(scenario): expected one of ${Object.keys(scenarios).join(", ")}`;
  }
  await scenarios[scenario](room, { forMs, kbps });
  return undefined;
}

const connectionsOf = ({ peers }: Room) => peers.flatMap(({ pc }) => (pc ? [pc] : []));

async function slowDown(
  connections: RTCPeerConnection[],
  { forMs, kbps }: Required<ScenarioOptions>,
): Promise<void> {
  const senders = connections.flatMap((pc) => pc.getSenders());
  const limits = senders.map((sender) => sender.getParameters().encodings[0]?.maxBitrate);
  await Promise.all(senders.map((sender) => limit(sender, kbps * 1_000)));
  await delay(forMs);
  await Promise.all(senders.map((sender, index) => limit(sender, limits[index])));
}

function limit(sender: RTCRtpSender, maxBitrate: number | undefined): Promise<void> {
  return changeParameters(sender, ({ encodings: [encoding] }) => {
    if (!encoding) return false;
    if (maxBitrate === undefined) delete encoding.maxBitrate;
    else encoding.maxBitrate = maxBitrate;
    return undefined;
  });
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
