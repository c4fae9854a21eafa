import { clockError, now } from "./clock.js";
import type { Contender, Prepared, Side } from "./contender.js";

/** What a page offers to the benchmark that drives it. Times are milliseconds since 1970, the same in each page. */
interface Bench {
  /** Opens the devices and makes itself known to the server. */
  prepare(side: Side): Promise<void>;
  /** Waits until a call can start; milliseconds since the page was opened. */
  ready(): Promise<number>;
  /** Clicks; the time of it. */
  call(): number;
  /** When the first frame of the other side was shown. */
  firstFrame: Promise<number>;
  /** How far the clock of this page is from the system's. */
  clockError(): number;
}

declare global {
  interface Window {
    bench: Bench;
  }
}

/** Puts `contender` into this page. */
export function serve(contender: Contender) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, autoplay: true, playsInline: true });
  document.body.append(video);
  let prepared: Prepared | undefined;

  const whenPrepared = () => {
    if (!prepared) throw new Error("prepare first");
    return prepared;
  };
  const show = (stream: MediaStream) => {
    if (video.srcObject !== stream) video.srcObject = stream;
  };

  window.bench = {
    async prepare(side) {
      prepared = await contender(side, show);
    },
    async ready() {
      await whenPrepared().ready;
      return performance.now();
    },
    call() {
      const clicked = now();
      whenPrepared().call();
      return clicked;
    },
    firstFrame: new Promise((resolve) => {
      video.requestVideoFrameCallback(() => resolve(now()));
    }),
    clockError,
  };
}
