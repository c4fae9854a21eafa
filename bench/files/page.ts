import { clockError, now } from "../setup/clock.js";
import type { Contender, Prepared, Side } from "./contender.js";

/** So often a line is said while a file is on its way. */
const LINE_MS = 50;

interface Arrived {
  at: number;
  size: number;
}

/** What a page offers to the benchmark that drives it. Times are milliseconds since 1970, the same in each page. */
interface Transfer {
  prepare(side: Side): Promise<void>;
  ready(): Promise<void>;
  /** Sends what was chosen in the page's input, with lines beside it; the time when it began. */
  send(): number;
  /** No more lines. */
  stop(): void;
  /** When all of the file was here. */
  arrived: Promise<Arrived>;
  /** How long each line took that was heard here. */
  latencies: number[];
  clockError(): number;
}

declare global {
  interface Window {
    transfer: Transfer;
  }
}

/** Puts `contender` into this page. */
export function serve(contender: Contender) {
  const input = document.createElement("input");
  input.type = "file";
  document.body.append(input);
  let prepared: Prepared | undefined;
  let lines: ReturnType<typeof setInterval> | undefined;
  let onFile: (size: number) => void = () => {};
  const latencies: number[] = [];

  const whenPrepared = () => {
    if (!prepared) throw new Error("prepare first");
    return prepared;
  };

  window.transfer = {
    async prepare(side) {
      prepared = await contender(side, {
        onFile: (size) => onFile(size),
        onLine: (line) => latencies.push(now() - Number(line)),
      });
    },
    async ready() {
      await whenPrepared().ready;
    },
    send() {
      const { send, say } = whenPrepared();
      const [file] = input.files ?? [];
      if (!file) throw new Error("choose a file first");
      const began = now();
      send(file);
      lines = setInterval(() => say(String(now())), LINE_MS);
      return began;
    },
    stop: () => clearInterval(lines),
    arrived: new Promise((resolve) => {
      onFile = (size) => resolve({ at: now(), size });
    }),
    latencies,
    clockError,
  };
}
