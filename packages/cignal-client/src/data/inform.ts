import type { PeerMessage } from "@cignal/protocol";
import type { CignalError } from "../errors.js";
import type { PeerStream } from "./peer-stream.js";

export type InformData = Extract<PeerMessage, { type: "information" }>["data"];

/**
 * Sends information. Resolves when a way has taken it. Rejects, with `late` after the time; it is not sent again then,
 * though a copy that is on its way may still arrive.
 */
export function inform(
  stream: PeerStream,
  information: { data: InformData; topic: string | undefined },
  { timeoutMs, late }: { timeoutMs: number; late: () => CignalError },
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.full) return reject(late());
    const timer = setTimeout(() => {
      stream.withdraw(number);
      reject(late());
    }, timeoutMs);
    const number = stream.send({ type: "information", ...information }, (error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}
