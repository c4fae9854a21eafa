import * as v from "valibot";

export const wholeNumber = (min: number, max: number) => {
  const expected = `expected a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(min, expected),
    v.maxValue(max, expected),
  );
};

export const aFunction = <T>() =>
  v.custom<T>((value) => typeof value === "function", "expected a function");

export const withMethods = <T>(what: string, methods: readonly (keyof T & string)[]) =>
  v.custom<T>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((name) => typeof Reflect.get(value, name) === "function"),
    `expected ${what} with the methods ${methods.join(", ")}`,
  );

/** An object without fields that are not known: a misspelt option must not be silently ignored. */
export const exactly = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({ expected }) =>
    expected === "never"
      ? `there is no such option; known are ${Object.keys(entries).join(", ")}`
      : "expected an object",
  );
