import { quantile } from "../lib/stats.js";
import { figure, middle, range, table } from "../lib/table.js";
import { NEVER_MS } from "./call.js";
import { type FaultName, faultOf } from "./faults.js";
import { LIBRARIES, type LibraryName } from "./libraries.js";

/** The gaps of each library in milliseconds; `undefined` is one that did not end. */
export type Outcomes = Map<LibraryName, (number | undefined)[]>;

const never = `never (${NEVER_MS / 1_000} s)`;
const HEAD = ["gap in the picture, ms", "library", "runs", "p50", "p95", "most", never, "wanted"];

function row(fault: FaultName, library: LibraryName, gaps: (number | undefined)[]): string[] {
  const { title, wanted } = faultOf(fault);
  // What did not end is longer than all that did.
  const values = gaps.map((gap) => gap ?? Number.POSITIVE_INFINITY);
  const at = (q: number) => {
    const value = quantile(values, q);
    return Number.isFinite(value) ? figure(value) : "never";
  };
  const lost = gaps.filter((gap) => gap === undefined).length;
  const figures = gaps.length === 0 ? ["–", "–", "–"] : [at(0.5), at(0.95), at(1)];
  const goal = library === "cignal" ? wanted : "";
  return [title, LIBRARIES[library].title, String(gaps.length), ...figures, String(lost), goal];
}

export function report(results: Map<FaultName, Outcomes>, loads: readonly number[]): void {
  const rows = [...results].flatMap(([fault, outcomes]) =>
    [...outcomes].map(([library, gaps]) => row(fault, library, gaps)),
  );
  const load = loads.length > 0 ? `${middle(loads, 1)} (${range(loads, 1)})` : "unknown";
  console.log(`\nLoad of the machine in the meantime: ${load}\n\n${table(HEAD, rows)}`);
}
