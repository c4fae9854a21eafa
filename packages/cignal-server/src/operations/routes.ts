/** What a path leads to. `parameter` is the part that stands for braces, decoded; empty without such. */
export interface Found<T> {
  readonly value: T;
  readonly parameter: string;
}

/** Finds a path, as it came, among such as `/rooms` and `/rooms/{roomId}/history`. */
export function findPath<T>(values: ReadonlyMap<string, T>, path: string): Found<T> | undefined {
  const exact = path.includes("{") ? undefined : values.get(path);
  if (exact !== undefined) return { value: exact, parameter: "" };
  for (const [template, value] of values) {
    const [before, after] = template.split(/\{\w+\}/);
    if (before === undefined || after === undefined) continue;
    if (!path.startsWith(before) || !path.endsWith(after)) continue;
    const raw = path.slice(before.length, path.length - after.length);
    if (raw !== "" && !raw.includes("/")) return { value, parameter: decode(raw) };
  }
  return undefined;
}

/** What is not encoded as it should be is nobody's id. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
