import { type PlaceMessages, ProtocolError, parseNamed } from "@cignal/protocol";
import { placeMessages } from "@cignal/protocol/place";
import type { openSignaling } from "../enter-room.js";
import { CignalError } from "../errors.js";
import type { CignalOptions, Environment, readOptions } from "../options.js";

/** How a room is, as somebody is told who is not in it. */
export type RoomPresence = Readonly<Omit<PlaceMessages["presence"], "revision">>;

/** What `Cignal.watchRoom` takes, each as for `Cignal.createRoom`. */
export interface WatchOptions
  extends Pick<CignalOptions, "url" | "namespace" | "path" | "token" | "timeoutMs" | "signal"> {
  roomId: string;
  /** The server will tell no more, and says why. */
  onEnd?: ((error: CignalError) => void) | undefined;
}

export interface RoomWatch {
  /** Nothing is told any more. */
  stop(): void;
}

/** What the core has, so that loading this does not split it in two. */
interface Core {
  readOptions: typeof readOptions;
  openSignaling: typeof openSignaling;
}

/** Tells how a room is until it is stopped, whatever happens to the socket. Resolves with the first answer. */
export async function watchRoom(
  { onEnd, ...options }: WatchOptions,
  listener: (presence: RoomPresence) => void,
  environment: Environment,
  { readOptions, openSignaling }: Core,
): Promise<RoomWatch> {
  const { browser } = environment;
  const { signal } = options;
  const settings = readOptions(options, browser);
  signal?.throwIfAborted();
  const handshake = { peerId: browser.randomId(), watch: true };
  const signaling = openSignaling(settings, environment, handshake);
  return new Promise((resolve, reject) => {
    const stopWatchingPage = browser.watchPage({
      onHide: () => {},
      onDoubt: () => signaling.doubt(),
    });
    const over = new AbortController();
    const stop = () => {
      over.abort();
      stopWatchingPage();
      signaling.close();
    };
    const abort = () => {
      stop();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { signal: over.signal });
    let answer: "awaited" | "given" = "awaited";
    let newest = -1;
    signaling.listen({
      // Each connection begins with how the room is now, which a server that was restarted may count anew.
      onState: (state) => {
        if (state !== "waiting") newest = -1;
      },
      onOther: (type, payload) => {
        const message = parseNamed(placeMessages, type, payload);
        if (message instanceof ProtocolError || message.type !== "presence") return;
        const { revision, ...presence } = message.payload;
        if (over.signal.aborted || revision <= newest) return;
        newest = revision;
        answer = "given";
        resolve({ stop });
        try {
          listener(presence);
        } catch (error) {
          browser.reportError(error);
        }
      },
      onEnd: (error) => {
        stop();
        if (answer === "awaited") reject(error);
        else onEnd?.(error);
      },
      // An older server takes us for somebody who enters; we leave at once.
      onWelcome: () => {
        stop();
        const problem = "This server tells of no room who is not in it. Update cignal-server.";
        reject(new CignalError("incompatible-version", problem));
      },
      onMessage: () => {},
    });
  });
}
