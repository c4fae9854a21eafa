/** What Prometheus reads: each family with its type, and each series as it is written, with its value. */
export interface Scrape {
  types: Map<string, string>;
  values: Map<string, number>;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"`;
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);
const SAMPLE = new RegExp(
  `^(${NAME})((?:\\{${LABEL}(?:,${LABEL})*\\})?) ([+-]?Inf|NaN|Nan|[-+.0-9eE]+)$`,
);

/**
 * Reads the text format (prometheus.io, "Exposition formats", version 0.0.4) strictly.
 *
 * @throws Error at the first line that is not part of it, comes twice or belongs to no family
 */
export function parsePrometheusText(text: string): Scrape {
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const values = new Map<string, number>();
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, keyword, family = "", rest = ""] = COMMENT.exec(line) ?? [];
    if (keyword === "TYPE") types.set(family, rest);
    if (keyword === "HELP") helps.add(family);
    if (keyword) continue;
    const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
    const series = `${name}${labels}`;
    const known = [name, name.replace(/_(bucket|sum|count)$/, "")].some((each) => types.has(each));
    if (!name || !known || values.has(series)) throw new Error(`not expected: ${line}`);
    values.set(series, value === "Nan" ? Number.NaN : Number(value.replace("Inf", "Infinity")));
  }
  for (const family of types.keys()) if (!helps.has(family)) throw new Error(`no help: ${family}`);
  return { types, values };
}
