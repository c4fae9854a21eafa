import { describe, expect, it } from "vitest";
import { type Device, explain } from "./media-errors.js";

const dom = (name: string, message = "the browser's words", extra: object = {}) =>
  Object.assign(new DOMException(message, name), extra);

type Row = [error: unknown, code: string, retryable: boolean, says: string];

/** W3C mediacapture-main, section 10.2. */
const devices: Row[] = [
  [dom("NotAllowedError", "Permission denied"), "permission-denied", true, "address bar"],
  [dom("NotAllowedError", "Permission denied by system"), "permission-denied", true, "The system"],
  [
    dom("NotAllowedError", "disallowed by permissions policy"),
    "permission-denied",
    false,
    "allow=",
  ],
  [dom("SecurityError"), "permission-denied", false, "allow="],
  [dom("NotFoundError"), "device-not-found", true, "Connect one"],
  [dom("NotReadableError"), "device-busy", true, "another program"],
  [dom("AbortError"), "device-busy", true, "Try again"],
  [
    dom("OverconstrainedError", "", { constraint: "width" }),
    "constraints-not-met",
    false,
    '"width". Use ideal',
  ],
  // As older browsers have it.
  [{ name: "OverconstrainedError", constraint: "width" }, "constraints-not-met", false, '"width"'],
  [new TypeError("bad enum value."), "constraints-not-met", false, "bad enum value. Correct"],
  [dom("InvalidStateError"), "media-failed", true, "in front"],
  [dom("UnknownError"), "media-failed", false, "the browser's words. Reload the page"],
  ["the browser gave no track", "media-failed", false, "gave no track. Reload"],
  [undefined, "media-failed", false, "Reload"],
  ["insecure page", "insecure-page", false, "over HTTPS"],
  ["not supported", "not-supported", false, "Use another one"],
];

/** W3C screen-capture, section 5.1. */
const screens: Row[] = [
  [dom("NotAllowedError", "Permission denied"), "permission-denied", true, "choose one; macOS"],
  [dom("NotAllowedError", "Permission denied by system"), "permission-denied", true, "recording"],
  [
    dom("NotAllowedError", 'the feature "display-capture" is disallowed by permissions policy'),
    "permission-denied",
    false,
    'allow="display-capture"',
  ],
  [dom("SecurityError"), "permission-denied", false, 'allow="display-capture"'],
  [dom("InvalidStateError"), "click-needed", true, "click handler"],
  [dom("InvalidAccessError"), "click-needed", true, "click handler"],
  [dom("NotFoundError"), "device-not-found", true, "Open one"],
  [dom("NotReadableError"), "device-busy", true, "choose another window"],
  [dom("AbortError"), "device-busy", true, "Try again"],
  [
    dom("OverconstrainedError", "", { constraint: "frameRate" }),
    "constraints-not-met",
    false,
    '"frameRate"',
  ],
  [new TypeError("min is not allowed"), "constraints-not-met", false, "Use ideal or max"],
  [dom("UnknownError"), "media-failed", false, "Reload the page"],
  ["insecure page", "insecure-page", false, "over HTTPS"],
  ["not supported", "not-supported", false, "on a computer"],
];

const sentence = /^\p{Lu}.+ .+\.$/u;

describe.each<[Device, Row[]]>([
  ["camera", devices],
  ["microphone", devices],
  ["microphone and camera", devices],
  ["screen", screens],
])("a failure of the %s", (device, rows) => {
  it.each(rows)("%s is %s (retryable: %s) and says: %s", (error, code, retryable, says) => {
    const explanation = explain(error, device);
    expect(explanation).toMatchObject({ code, retryable });
    expect(explanation.message).toContain(says);
    expect(explanation.message).toMatch(sentence);
    expect(explanation.message).toContain(device.split(" ")[0]);
    // Whoever may try again is told so, and whoever need not is not.
    expect(/\btry again\b|Start it in a click/i.test(explanation.message)).toBe(retryable);
  });
});

it("whatever is thrown has an explanation", () => {
  for (const thrown of [null, 7, {}, new Error(), dom("")]) {
    expect(explain(thrown, "screen")).toMatchObject({ code: "media-failed", retryable: false });
  }
});

it.each(["toString", "constructor", "__proto__"])(
  "takes an error by the name of %s for one that nobody knows",
  (name) => {
    for (const device of ["camera", "screen"] as const) {
      expect(explain({ name, message: "odd" }, device)).toMatchObject({ code: "media-failed" });
    }
  },
);
