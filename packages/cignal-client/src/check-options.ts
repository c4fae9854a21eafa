export type Expected =
  | "a string"
  | "a string or a function"
  | "a function"
  | "true or false"
  | "a number above 0"
  | "an object"
  | readonly string[];

function fits(value: unknown, expected: Expected): boolean {
  switch (expected) {
    case "a string":
      return typeof value === "string";
    case "a string or a function":
      return typeof value === "string" || typeof value === "function";
    case "a function":
      return typeof value === "function";
    case "true or false":
      return typeof value === "boolean";
    case "a number above 0":
      return typeof value === "number" && value > 0;
    case "an object":
      return typeof value === "object";
    default:
      return expected.includes(String(value));
  }
}

/** Throws a `TypeError` that names what is wrong: an option that does not exist may be one that was misspelt. */
export function checkOptions(options: unknown, known: Readonly<Record<string, Expected>>): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("expected an object of options, such as { roomId }");
  }
  for (const [name, value] of Object.entries(options)) {
    const expected = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!expected) {
      throw new TypeError(
        `${name}: there is no such option; known are ${Object.keys(known).join(", ")}`,
      );
    }
    if (value === undefined || value === null || fits(value, expected)) continue;
    const words = typeof expected === "string" ? expected : `one of ${expected.join(", ")}`;
    throw new TypeError(`${name}: expected ${words}`);
  }
}
