import type { Browser } from "../browser/browser.js";
import { diagnose } from "../peer/diagnosis.js";
import { legOf, NO_ANSWER, type ServerLeg } from "../peer/ice-url.js";
import { type Gathered, gather } from "./gather.js";
import { type Finding, failed, ok, skipped } from "./report.js";

export interface IceCheck {
  browser: Browser;
  /** All servers; a leg is checked with those of its URLs alone. */
  iceServers: RTCIceServer[];
  timeoutMs: number;
}

type TurnLeg = Exclude<ServerLeg, "stun">;

const NAMES: Record<ServerLeg, string> = {
  stun: "STUN",
  "turn-udp": "TURN over UDP",
  "turn-tcp": "TURN over TCP",
  "turn-tls": "TURN over TLS",
};

/** The same list with the URLs of one leg only. */
const only = (leg: ServerLeg, iceServers: RTCIceServer[]): RTCIceServer[] =>
  iceServers
    .map((server) => ({
      ...server,
      urls: [server.urls].flat().filter((url) => legOf(url) === leg),
    }))
    .filter(({ urls }) => urls.length > 0);

/**
 * Checks one leg. STUN is ok when a server answers. TURN is ok when a server gives an address and a data channel opens
 * between two such addresses: so packets pass through it, and encryption over it works. A server that denies traffic
 * between its own addresses fails, as would two people who both need it.
 */
export async function checkIce(leg: ServerLeg, check: IceCheck): Promise<Finding> {
  const servers = only(leg, check.iceServers);
  if (servers.length === 0) return skipped(`The list has no address for ${NAMES[leg]}.`);
  const connections: RTCPeerConnection[] = [];
  const connect = () => {
    const iceTransportPolicy = leg === "stun" ? "all" : "relay";
    const configuration = { iceServers: servers, iceTransportPolicy } as const;
    const pc = check.browser.createPeerConnection(configuration);
    connections.push(pc);
    return pc;
  };
  try {
    return await (leg === "stun" ? checkStun(connect(), check) : checkTurn(leg, connect, check));
  } catch {
    // The browser's own message may repeat what is in the list.
    const message = `The browser refuses the servers for ${NAMES[leg]}. Check their addresses, user name and credential.`;
    return failed("bad-argument", message);
  } finally {
    for (const pc of connections) pc.close();
  }
}

async function checkStun(pc: RTCPeerConnection, { timeoutMs }: IceCheck): Promise<Finding> {
  const gathering = gather(pc, "srflx", timeoutMs);
  pc.createDataChannel("check");
  await pc.setLocalDescription();
  const { found, complete, online, errors } = await gathering;
  if (found) return ok("The STUN server answered.");
  // An address that nobody translates is a host candidate already, and is not told twice (RFC 8445, section 5.1.3).
  if (complete && online && errors.length === 0) {
    return ok("The STUN server answered; this network does not translate addresses.");
  }
  const message =
    "The STUN server did not answer. Check its address; if that is right, this network may block UDP.";
  return failed("unreachable", message);
}

async function checkTurn(
  leg: TurnLeg,
  connect: () => RTCPeerConnection,
  { iceServers, timeoutMs }: IceCheck,
): Promise<Finding> {
  const endsAt = performance.now() + timeoutMs;
  const left = () => Math.max(0, endsAt - performance.now());
  const pc = connect();
  const channel = open(pc);
  const gathering = gather(pc, "relay", timeoutMs);
  await pc.setLocalDescription();
  const gathered = await gathering;
  if (!gathered.found) return explain(leg, iceServers, gathered);

  const other = connect();
  open(other);
  const answering = gather(other, "relay", left());
  await other.setRemoteDescription(description(pc));
  await other.setLocalDescription();
  await answering;
  const opened = opens(pc, channel, left());
  await pc.setRemoteDescription(description(other));
  if (await opened) return ok(`${NAMES[leg]}: packets pass.`);
  const message =
    `The server for ${NAMES[leg]} gave an address, and no packet passed through it. ` +
    "Check its relay ports in the firewall, its external address and its list of denied peers.";
  return failed("packets-lost", message);
}

const open = (pc: RTCPeerConnection) => pc.createDataChannel("check", { negotiated: true, id: 0 });

/** With the candidates that were gathered so far, so that none has to follow. */
const description = (pc: RTCPeerConnection) => pc.localDescription as RTCSessionDescription;

function opens(pc: RTCPeerConnection, channel: RTCDataChannel, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const end = (opened: boolean) => {
      clearTimeout(timer);
      resolve(opened);
    };
    channel.addEventListener("open", () => end(true));
    pc.addEventListener("connectionstatechange", () => {
      if (pc.connectionState === "failed") end(false);
    });
  });
}

function explain(leg: TurnLeg, iceServers: RTCIceServer[], { errors }: Gathered): Finding {
  const [first] = only(leg, iceServers).flatMap(({ urls }) => urls);
  const silence = [{ url: first ?? "", code: NO_ANSWER }];
  const { reason, message } = diagnose({
    iceServers,
    policy: "relay",
    gathered: [],
    errors: errors.length > 0 ? errors : silence,
  });
  const codes = { turnUnauthorized: "unauthorized", turnUnreachable: "unreachable" } as const;
  return failed(reason in codes ? codes[reason as keyof typeof codes] : "turn-failed", message);
}
