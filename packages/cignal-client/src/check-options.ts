import type { CignalOptions } from "./options.js";

type Expected = "a string" | "true or false" | "a number above 0" | "an object" | readonly string[];

/** `iceServers` is an option of `checkConnection` alone. */
const known: Record<keyof CignalOptions | "iceServers", Expected> = {
  url: "a string",
  roomId: "a string",
  peerId: "a string",
  peerName: "a string",
  role: "a string",
  namespace: "a string",
  path: "a string",
  mediaConstraints: "an object",
  quality: "an object",
  signal: "an object",
  iceServers: "an object",
  rememberDevices: "true or false",
  warm: "true or false",
  ring: "true or false",
  manyScreens: "true or false",
  ringTimeoutMs: "a number above 0",
  timeoutMs: "a number above 0",
  iceTransportPolicy: ["all", "relay"],
};

function fits(value: unknown, expected: Expected): boolean {
  switch (expected) {
    case "a string":
      return typeof value === "string";
    case "true or false":
      return typeof value === "boolean";
    case "a number above 0":
      return typeof value === "number" && value > 0;
    case "an object":
      return value instanceof Object || typeof value === "object";
    default:
      return expected.includes(String(value));
  }
}

/** Throws a `TypeError` that names what is wrong: an option that does not exist may be one that was misspelt. */
export function checkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("expected an object of options, such as { roomId }");
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new TypeError(
        `${name}: there is no such option; known are ${Object.keys(known).join(", ")}`,
      );
    }
    const expected = known[name as keyof typeof known];
    if (value === undefined || value === null || fits(value, expected)) continue;
    const words = typeof expected === "string" ? expected : `one of ${expected.join(", ")}`;
    throw new TypeError(`${name}: expected ${words}`);
  }
}
