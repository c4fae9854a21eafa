import type { Grade, Trouble } from "./grade.js";
import type { CallReport, DirectionReport, PeerReport, Verdict } from "./report.js";

/** A peer's report without what is made of it. */
export type Evidence = Omit<PeerReport, "verdict">;

type Call = Pick<CallReport, "durationMs">;

/** Whose end of the line it was: with one peer nobody can tell; with several, who has it tells. */
type Culprit = "unknown" | "them" | "here";

type Direction = "inbound" | "outbound";

/** How much worse it is to be so for a second. */
const WEIGHT: Record<Grade, number> = { good: 0, fair: 1, poor: 2, lost: 3 };

/** Of these people notice little. */
const LITTLE: readonly Trouble[] = ["jitter", "delay"];

/** What does less harm than this is not worth a word: in weighted milliseconds, and as a part of the call. */
const SLIGHT = { ms: 2_000, part: 0.03 };

/** A call that is shorter had no time to connect. */
const CONNECT_MS = 5_000;

interface Harm {
  readonly trouble: Trouble | "no-connection";
  readonly directions: readonly Direction[];
  readonly harm: number;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** When the call with them was over, or the report was made. */
const endOf = ({ timeline }: Evidence, { durationMs }: Call) => timeline.endMs ?? durationMs;

/** One that was not over is as long as it is. */
const gapOf = (evidence: Evidence, call: Call) =>
  sum(evidence.interruptions.map(({ atMs, gapMs }) => gapMs ?? endOf(evidence, call) - atMs));

const weighOf = ({ troubles }: DirectionReport, wanted: Trouble) =>
  sum(troubles.map(({ trouble, grade, ms }) => (trouble === wanted ? ms * WEIGHT[grade] : 0)));

const TROUBLES: readonly Trouble[] = [
  "silence",
  "loss",
  "slow-link",
  "cpu",
  "freeze",
  "jitter",
  "delay",
];

/** What was wrong, the worst first. */
function harmsOf(evidence: Evidence, call: Call): Harm[] {
  const { timeline, interruptions } = evidence;
  const lastedMs = endOf(evidence, call) - timeline.callMs;
  const both: readonly Direction[] = ["inbound", "outbound"];
  if (timeline.connectedMs === undefined && lastedMs >= CONNECT_MS) {
    return [{ trouble: "no-connection", directions: both, harm: Number.POSITIVE_INFINITY }];
  }
  const gapMs = gapOf(evidence, call);
  const harms = TROUBLES.map((trouble): Harm => {
    const weights = both.map((direction) => weighOf(evidence[direction], trouble));
    // A connection that is cut is silent before anybody knows why.
    const known = trouble === "silence" || trouble === "freeze" ? gapMs * WEIGHT.lost : 0;
    const directions = both.filter((_, index) => (weights[index] ?? 0) > sum(weights) / 4);
    const harm = (sum(weights) - known) * (LITTLE.includes(trouble) ? 0.5 : 1);
    return { trouble, directions, harm };
  });
  const worth = Math.max(SLIGHT.ms, lastedMs * SLIGHT.part);
  const cut: Harm = { trouble: "cut", directions: both, harm: worth + gapMs * 2 * WEIGHT.lost };
  const found = harms.filter(({ harm }) => harm >= worth);
  return [...(interruptions.length > 0 ? [cut] : []), ...found].sort(
    (one, other) => other.harm - one.harm,
  );
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

const percent = (part: number) => `${Math.round(part * 100)} %`;

function often(count: number, ms: number): string {
  if (count === 1) return `once, for ${seconds(ms)}`;
  return `${count === 2 ? "twice" : `${count} times`}, for ${seconds(ms)} in all`;
}

function cut(evidence: Evidence, call: Call): string {
  const { interruptions, peer } = evidence;
  const how = often(interruptions.length, gapOf(evidence, call));
  const causes = new Set(interruptions.map(({ cause }) => cause));
  const only = causes.size === 1 ? [...causes][0] : undefined;
  if (only === "page-hidden") return `${peer.name}'s page was away ${how}.`;
  if (only === "wake-up") return `This device slept ${how}.`;
  if (only === "network-change") return `The network changed, which cut the call ${how}.`;
  return `The connection to ${peer.name} was cut ${how}.`;
}

/** At whose end: of what comes, their way up and ours down. */
function end(directions: readonly Direction[], culprit: Culprit, name: string): string {
  const [only] = directions.length === 1 ? directions : [];
  const [theirs, ours] =
    only === undefined
      ? ["network", "network"]
      : only === "inbound"
        ? ["uplink", "downlink"]
        : ["downlink", "uplink"];
  if (culprit === "them") return `${name}'s ${theirs}`;
  if (culprit === "here") return `the ${ours} here`;
  return only ? `${name}'s ${theirs} or the ${ours} here` : `the network between here and ${name}`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function lossOf({ inbound, outbound, peer }: Evidence): string {
  const part = ({ audioLoss, videoLoss }: DirectionReport) =>
    Math.max(audioLoss ?? 0, videoLoss ?? 0);
  const came = `${percent(part(inbound))} of what came from ${peer.name}`;
  const went = `${percent(part(outbound))} of what went to them`;
  return `${came} and ${went}`;
}

function rateOf({ inbound, outbound, peer }: Evidence): string {
  const rate = ({ bitrate = 0 }: DirectionReport) => `${Math.round(bitrate / 1_000)} kbit/s`;
  return `${rate(inbound)} came from ${peer.name} and ${rate(outbound)} went to them`;
}

function sentence(
  evidence: Evidence,
  { trouble, directions }: Harm,
  culprit: Culprit,
  call: Call,
): string {
  const { peer, freezes, roundTripMs = 0, cpuLimitedMs = 0 } = evidence;
  const { name } = peer;
  const at = capital(end(directions, culprit, name));
  const stood = (kind: string) => freezes.filter((freeze) => freeze.kind === kind);
  const times = (kind: string) =>
    often(stood(kind).length, sum(stood(kind).map(({ durationMs }) => durationMs)));
  switch (trouble) {
    case "no-connection":
      return `No connection to ${name} came about.`;
    case "cut":
      return cut(evidence, call);
    case "loss":
      return `${at} lost packets: ${lossOf(evidence)}.`;
    case "slow-link":
      return `${at} was slow: ${rateOf(evidence)}.`;
    case "jitter":
      return `${at} delivered packets unevenly, so that sound had gaps.`;
    case "delay":
      return `The way to ${name} was long: there and back took ${Math.round(roundTripMs)} ms.`;
    case "cpu":
      return `This computer was too slow to send better pictures, for ${seconds(cpuLimitedMs)}.`;
    case "silence":
      return `${name}'s sound was missing ${times("audio")}, on a good connection.`;
    case "freeze":
      return stood("video").length > 0
        ? `${name}'s picture stood still ${times("video")}, on a good connection.`
        : `${name}'s picture stood still for moments, ${seconds(evidence.frozenMs ?? 0)} in all.`;
    default:
      return "All was well.";
  }
}

const WELL: Verdict = { trouble: "nothing", sentence: "All was well." };

/** What did most harm to the call with each peer, and to the call. */
export function judge(peers: readonly Evidence[], call: Call): { peers: Verdict[]; call: Verdict } {
  const worst = peers.map((peer) => harmsOf(peer, call)[0]);
  const verdicts = peers.map((peer, index): Verdict => {
    const harm = worst[index];
    if (!harm) return WELL;
    const others = worst.filter((_, other) => other !== index);
    const same = others.filter((other) => other?.trouble === harm.trouble).length;
    const culprit =
      others.length === 0 ? "unknown" : same === others.length ? "here" : same ? "unknown" : "them";
    return { trouble: harm.trouble, sentence: sentence(peer, harm, culprit, call) };
  });
  const harms = worst.map((harm) => harm?.harm ?? 0);
  const first = harms.indexOf(Math.max(...harms));
  const isBad = (harms[first] ?? 0) > 0;
  return { peers: verdicts, call: (isBad ? verdicts[first] : undefined) ?? WELL };
}
