import { CignalError } from "../errors.js";
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

/** Resolves when it is over; what follows from it may take longer. */
export async function simulate(
  room: Room,
  scenario: Scenario,
  { forMs = 5_000, kbps = 50 }: ScenarioOptions = {},
): Promise<void> {
  const connections = room.peers.flatMap(({ pc }) => (pc ? [pc] : []));
  switch (scenario) {
    case "signaling-loss":
      room.signaling.interrupt(forMs);
      return delay(forMs);
    case "ice-failure":
      for (const pc of connections) pc.close();
      return;
    case "renegotiation":
      for (const pc of connections) pc.restartIce();
      return;
    case "slow-link":
      return slowDown(connections, { forMs, kbps });
    default:
      throw new CignalError(
        "bad-argument",
        'simulate(scenario): expected "signaling-loss", "ice-failure", "renegotiation" or "slow-link"',
        { field: "scenario" },
      );
  }
}

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

async function limit(sender: RTCRtpSender, maxBitrate: number | undefined): Promise<void> {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (!encoding) return;
  if (maxBitrate === undefined) delete encoding.maxBitrate;
  else encoding.maxBitrate = maxBitrate;
  // The connection may have been replaced meanwhile.
  await sender.setParameters(parameters).catch(() => {});
}

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
