import type { ProtocolError } from "@cignal/protocol";
import { trace } from "../log.js";

/** Answers a message: nothing means that it was taken. */
export type Reply = (refused?: ProtocolError) => void;

type Acknowledge = (answer: object) => void;

/**
 * What a message says, and how it is answered: by its acknowledgement if it asks for one, else only a refusal is sent,
 * as `error` (E3). `onRefused` hears of each refusal.
 */
export function unpack(
  args: readonly unknown[],
  sendError: (refused: ProtocolError) => void,
  onRefused: (refused: ProtocolError) => void,
): { payload: unknown; reply: Reply } {
  const last = args.at(-1);
  const acknowledge = typeof last === "function" ? (last as Acknowledge) : undefined;
  return {
    payload: args[0] === acknowledge ? undefined : args[0],
    reply: (refused) => {
      if (refused) {
        trace.connection("a message was refused: %s", refused.code);
        onRefused(refused);
      }
      if (acknowledge) acknowledge(refused ? { error: refused.toWire() } : {});
      else if (refused) sendError(refused);
    },
  };
}
