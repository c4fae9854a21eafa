type Use<Value> = (value: Value) => Promise<void>;

/** A fixture that needs no other one. */
export const alone =
  <Value, Info>(fixture: (use: Use<Value>, info: Info) => Promise<void>) =>
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from a pattern which fixtures are needed.
  ({}, use: Use<Value>, info: Info): Promise<void> =>
    fixture(use, info);
