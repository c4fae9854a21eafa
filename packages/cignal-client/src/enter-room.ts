import { type Handshake, PROTOCOL_VERSIONS } from "@cignal/protocol";
import { notLoaded } from "./errors.js";
import { intend } from "./media/local-source.js";
import { type CignalOptions, type Environment, readOptions, type Settings } from "./options.js";
import type { Session } from "./session.js";
import { SignalingChannel } from "./signaling/signaling-channel.js";
import { TabSession } from "./signaling/tab-session.js";

/** Asks the server to let us in, and loads meanwhile what a call is made of. */
export async function enterRoom(
  options: CignalOptions,
  environment: Environment,
): Promise<Session> {
  const { browser } = environment;
  const { signal } = options;
  const settings = readOptions(options, browser);
  signal?.throwIfAborted();
  const found = TabSession.open({ browser, ...settings });
  // Only a reload waits: whoever comes for the first time starts at once.
  const tab = found instanceof TabSession ? found : await found;
  if (signal?.aborted) tab.letGo();
  signal?.throwIfAborted();

  const { peerName, role, appVersion, relayOnly, knock, enter, password, details, timeoutMs } =
    settings;
  const { peerId, resumeToken } = tab;
  const devices = settings.startsAtOnce
    ? intend(tab.intent, settings.mediaConstraints)
    : intend(undefined, {});
  const handshake = {
    peerId,
    peerName,
    role,
    about: { ...browser.describeClient(), appVersion },
    ...(relayOnly && { relayOnly }),
    enter,
    knock,
    password,
    details,
    media: { ...devices, screen: "off" as const },
  };
  const signaling = openSignaling(settings, environment, handshake, resumeToken);
  let leave = () => {
    signaling.close();
    tab.forget();
  };
  // A signal may outlive many rooms, and must not keep them.
  const over = new AbortController();
  const onClose = () => over.abort();
  signal?.addEventListener("abort", () => leave(), { signal: over.signal });
  browser.startWebRTC();
  try {
    const { Session } = await load(timeoutMs, signal).catch((error) => {
      onClose();
      leave();
      throw error;
    });
    signal?.throwIfAborted();
    const session = new Session({ settings, tab, environment, signaling, onClose });
    leave = () => session.close();
    await session.enter();
    return session;
  } finally {
    signal?.throwIfAborted();
  }
}

/** Begins to ask the server. */
export function openSignaling(
  { serverUrl, path, roomId, token, timeoutMs }: Settings,
  { openSocket }: Environment,
  handshake: Omit<Handshake, "protocol" | "roomId" | "token" | "resumeToken">,
  resumeToken?: string,
): SignalingChannel {
  const signaling = new SignalingChannel({
    address: { url: serverUrl, path },
    handshake: { protocol: [...PROTOCOL_VERSIONS], roomId, ...handshake },
    token,
    resumeToken,
    openSocket,
    timeoutMs,
  });
  signaling.open();
  return signaling;
}

/** A browser may try for minutes, and its user has another wish by then. */
async function load(timeoutMs: number, signal: AbortSignal | null | undefined) {
  const over = new AbortController();
  const givenUp = new Promise<never>((_, reject) => {
    const late = setTimeout(() => reject(new Error(`after ${timeoutMs} ms`)), timeoutMs);
    over.signal.addEventListener("abort", () => clearTimeout(late));
    signal?.addEventListener("abort", () => reject(signal.reason), { signal: over.signal });
  });
  try {
    return await Promise.race([import("./session.js"), givenUp]);
  } catch (cause) {
    throw notLoaded(cause);
  } finally {
    over.abort();
  }
}
