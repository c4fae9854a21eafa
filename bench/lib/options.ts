import { parseArgs } from "node:util";

/** Command-line options, each a whole number or, where the default is a list, some of that list. */
export function options<Defaults extends Record<string, number | readonly string[]>>(
  defaults: Defaults,
): { [Name in keyof Defaults]: Defaults[Name] extends number ? number : string[] } {
  const { values } = parseArgs({
    // `pnpm run setup -- --runs 3` hands the two dashes on.
    args: process.argv.slice(2).filter((arg) => arg !== "--"),
    options: Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" }])),
  });
  const read = (name: string, fallback: number | readonly string[]) => {
    const value = values[name];
    if (typeof value !== "string") return fallback;
    if (typeof fallback === "number") return wholeNumber(name, value);
    return someOf(name, value.split(","), fallback);
  };
  return Object.fromEntries(
    Object.entries(defaults).map(([name, fallback]) => [name, read(name, fallback)]),
  ) as ReturnType<typeof options<Defaults>>;
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new TypeError(`--${name} takes a whole number`);
  return Number(value);
}

function someOf(name: string, chosen: string[], known: readonly string[]): string[] {
  const unknown = chosen.find((item) => !known.includes(item));
  if (unknown === undefined) return chosen;
  throw new TypeError(`--${name} takes some of ${known.join(",")}, not ${unknown}`);
}
