import type { CignalOptions, Environment, Settings } from "../options.js";
import { checkDevice } from "./check-device.js";
import { checkIce } from "./check-ice.js";
import { checkSignaling, type Wire } from "./check-signaling.js";
import { type CheckedLeg, type ConnectionReport, type Finding, skipped } from "./report.js";

/** What `Cignal.checkConnection` takes, each as for `Cignal.createRoom`. */
export interface CheckOptions
  extends Pick<CignalOptions, "url" | "namespace" | "path" | "token" | "mediaConstraints"> {
  /** How long each leg may take, in milliseconds. Default: 15,000. */
  timeoutMs?: number | undefined;
  /** The STUN and TURN servers to check. Default: what the Cignal server gives to rooms. */
  iceServers?: RTCIceServer[] | undefined;
}

/** Checks what a call needs, all at once; the devices one after the other, because a browser asks for each. */
export async function checkConnection(
  settings: Settings,
  environment: Environment,
  wire: Wire,
  given: RTCIceServer[] | undefined,
): Promise<ConnectionReport> {
  const { browser } = environment;
  const { timeoutMs, mediaConstraints } = settings;
  const signaling = timed(() => checkSignaling(settings, environment, wire));
  const iceServers = given ?? signaling.then(({ result }) => result.iceServers);
  const ice = async (leg: Parameters<typeof checkIce>[0]): Promise<CheckedLeg> => {
    const list = await iceServers;
    return asLeg(async () =>
      list
        ? checkIce(leg, { browser, iceServers: list, timeoutMs })
        : skipped("The list of servers comes from the Cignal server, which did not give it."),
    );
  };
  const device = (kind: "audio" | "video") =>
    asLeg(() => checkDevice(kind, mediaConstraints[kind], { browser, timeoutMs }));
  const microphone = device("audio");
  const camera = microphone.then(() => device("video"));

  const [stun, turnUdp, turnTcp, turnTls] = await Promise.all([
    ice("stun"),
    ice("turn-udp"),
    ice("turn-tcp"),
    ice("turn-tls"),
  ]);
  const legs = {
    signaling: await signaling.then(({ result, ms }) => ({ ...result.finding, ms })),
    stun,
    turnUdp,
    turnTcp,
    turnTls,
    microphone: await microphone,
    camera: await camera,
  };
  return { ok: Object.values(legs).every(({ verdict }) => verdict !== "failed"), ...legs };
}

async function timed<T>(run: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now();
  const result = await run();
  return { result, ms: Math.round(performance.now() - began) };
}

async function asLeg(run: () => Promise<Finding>): Promise<CheckedLeg> {
  const { result, ms } = await timed(run);
  return { ...result, ms };
}
