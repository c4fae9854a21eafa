import { isRefusal, legOf, NO_ANSWER, type ServerLeg, shown, urlsOf } from "./ice-url.js";
import type { PathReport } from "./path-report.js";

/** Why no path to a peer was found. */
export interface Diagnosis {
  /**
   * - `turnRequired`: there is no direct path, and no TURN server in the list
   * - `turnUnauthorized`: the TURN server refused the credentials
   * - `udpBlocked`: nothing came back over UDP, and the list has no other way
   * - `turnUnreachable`: no TURN server answered
   * - `unknown`: this side did its part, or a server said something else
   */
  reason: "turnRequired" | "turnUnreachable" | "turnUnauthorized" | "udpBlocked" | "unknown";
  /** Where it got stuck: on the way to a server, or between here and the peer. */
  leg: ServerLeg | "peer";
  /** What was wrong and what to do; never a credential. */
  message: string;
}

const ADD_TURN =
  'Add one, such as { urls: "turn:turn.example.org:3478", username, credential }, to the iceServers of the ' +
  "Cignal server or with setICEServers.";

const OTHER_WAYS =
  'Add the TURN server\'s "turn:…?transport=tcp" and its "turns:" address on port 443, which pass most firewalls.';

/** Tells from what a connection has gathered why it found no path. Pure; the first rule that fits holds. */
export function diagnose(report: PathReport): Diagnosis {
  const { iceServers, gathered } = report;
  const turn = urlsOf(iceServers).filter((url) => legOf(url) !== "stun");
  if (turn.length === 0) return withoutTurn(report);
  if (gathered.some(({ type }) => type === "relay")) {
    return {
      reason: "unknown",
      leg: "peer",
      message:
        "The TURN server works on this side, but no packet came from the peer over it. Either the peer reaches " +
        "nothing at all, or the TURN server does not pass packets on; check its log and its list of denied addresses.",
    };
  }
  return refused(report) ?? unanswered(report, turn);
}

function withoutTurn({ iceServers, policy, gathered }: PathReport): Diagnosis {
  const reason = "turnRequired";
  if (policy === "relay") {
    const message = `Only relayed paths are allowed, and there is no TURN server in the list. ${ADD_TURN}`;
    return { reason, leg: "peer", message };
  }
  const stunFailed =
    urlsOf(iceServers).length > 0 && !gathered.some(({ type }) => type === "srflx");
  const message = stunFailed
    ? `The STUN server told no public address, and there is no TURN server in the list. ${ADD_TURN}`
    : `The networks of both sides allow no direct path, and there is no TURN server in the list. ${ADD_TURN}`;
  return { reason, leg: stunFailed ? "stun" : "peer", message };
}

/** A TURN server was there and said no. */
function refused({ errors }: PathReport): Diagnosis | undefined {
  const answers = errors.filter(({ url, code }) => legOf(url) !== "stun" && code !== NO_ANSWER);
  const refusal = answers.find(({ code }) => isRefusal(code));
  if (refusal) {
    return {
      reason: "turnUnauthorized",
      leg: legOf(refusal.url),
      message:
        `The TURN server ${shown(refusal.url)} refused the credentials (${refusal.code}). They may have expired, or ` +
        "the secret differs between the Cignal server and the TURN server, or a clock is wrong.",
    };
  }
  const [other] = answers;
  return (
    other && {
      reason: "unknown",
      leg: legOf(other.url),
      message: `The TURN server ${shown(other.url)} answered with error ${other.code}. Its log says more.`,
    }
  );
}

/** No TURN server said anything. */
function unanswered({ iceServers, policy, gathered, errors }: PathReport, turn: string[]) {
  const failed = errors.map(({ url }) => url).find((url) => legOf(url) !== "stun");
  const [url = ""] = failed ? [failed] : turn;
  const leg = legOf(url);
  const onlyUdp = turn.every((each) => legOf(each) === "turn-udp");
  const stunFailed =
    policy === "all" &&
    urlsOf(iceServers).some((each) => /^stun:/i.test(each)) &&
    !gathered.some(({ type }) => type === "srflx");
  if (onlyUdp && stunFailed) {
    const message = `This network seems to block UDP: neither the STUN nor the TURN server was heard. ${OTHER_WAYS}`;
    return { reason: "udpBlocked", leg, message } satisfies Diagnosis;
  }
  const advice = onlyUdp ? ` ${OTHER_WAYS}` : "";
  const message =
    `The TURN server ${shown(url)} did not answer. Check that it runs, that its name resolves, that a firewall lets ` +
    `its port through and, for "turns:", that its certificate is valid.${advice}`;
  return { reason: "turnUnreachable", leg, message } satisfies Diagnosis;
}
