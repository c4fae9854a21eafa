import type { CignalErrorDetails, ClientErrorCode } from "../errors.js";

/** What could not be captured. */
export type Device = Exclude<CignalErrorDetails["device"], "speaker" | undefined>;

/** What the browser says of it, each in its own words. */
interface Words {
  message: string;
  constraint?: string;
}

interface Problem {
  code: ClientErrorCode;
  sentence: (device: Device, words: Words) => string;
  retryable: boolean;
}

type Problems = Partial<Record<string, Problem>>;

const FRAME = {
  microphone: "microphone",
  camera: "camera",
  "microphone and camera": "camera; microphone",
  screen: "display-capture",
} as const satisfies Record<Device, string>;

const forbiddenPage: Problem = {
  code: "permission-denied",
  sentence: (device) =>
    `This page may not use the ${device}. If it is framed, the frame needs allow="${FRAME[device]}".`,
  retryable: false,
};

const either = (device: Device) => device.replace("and", "or");

/** Chromium's words for it; others do not tell it apart. */
const isBySystem = ({ message }: Words) => message.includes("by system");

/** getUserMedia's own description of each error: W3C mediacapture-main, section 10.2. */
const deviceProblems: Problems = {
  NotAllowedError: {
    code: "permission-denied",
    sentence: (device, words) =>
      isBySystem(words)
        ? `The system keeps the browser from the ${device}. Allow it in the system's privacy settings, then try again.`
        : `Access to the ${device} was denied. Allow it in the browser's address bar, then try again.`,
    retryable: true,
  },
  SecurityError: forbiddenPage,
  NotFoundError: {
    code: "device-not-found",
    sentence: (device) => `No ${either(device)} was found. Connect one, then try again.`,
    retryable: true,
  },
  NotReadableError: {
    code: "device-busy",
    sentence: (device) =>
      `The ${device} cannot be read, perhaps because of another program. Close that program, then try again.`,
    retryable: true,
  },
  AbortError: {
    code: "device-busy",
    sentence: (device) => `The ${device} could not be started. Try again.`,
    retryable: true,
  },
  OverconstrainedError: {
    code: "constraints-not-met",
    sentence: (device, { constraint = "unknown" }) =>
      `No ${either(device)} meets the media constraint "${constraint}". Use ideal instead of min, max or exact.`,
    retryable: false,
  },
  TypeError: {
    code: "constraints-not-met",
    sentence: (device, { message }) =>
      `The browser does not understand the media constraints for the ${device}: ${message}. Correct mediaConstraints.`,
    retryable: false,
  },
  InvalidStateError: {
    code: "media-failed",
    sentence: (device) =>
      `The ${device} can be had only while the page is open in front. Come back to it, then try again.`,
    retryable: true,
  },
};

const noClick: Problem = {
  code: "click-needed",
  sentence: () =>
    "A browser shares the screen only when it is clicked for, in the page in front. Start it in a click handler, before anything that is awaited.",
  retryable: true,
};

/** Where getDisplayMedia means something else: W3C screen-capture, section 5.1. */
const screenProblems: Problems = {
  NotAllowedError: {
    code: "permission-denied",
    sentence: (_screen, words) =>
      isBySystem(words)
        ? "The system keeps the browser from the screen. Allow screen recording for it in the system's privacy settings, then try again."
        : "The screen is not shared: none was chosen, or the browser may not. Try again and choose one; macOS has to allow screen recording for the browser first.",
    retryable: true,
  },
  NotFoundError: {
    code: "device-not-found",
    sentence: () =>
      "There is nothing to share: no screen, window or tab. Open one, then try again.",
    retryable: true,
  },
  NotReadableError: {
    code: "device-busy",
    sentence: () =>
      "The system does not give the picture of what was chosen. Try again, or choose another window or the whole screen.",
    retryable: true,
  },
  AbortError: {
    code: "device-busy",
    sentence: () => "Sharing the screen could not be started. Try again.",
    retryable: true,
  },
  OverconstrainedError: {
    code: "constraints-not-met",
    sentence: (_screen, { constraint = "unknown" }) =>
      `The screen that was chosen does not meet the media constraint "${constraint}". Use ideal instead of max.`,
    retryable: false,
  },
  TypeError: {
    code: "constraints-not-met",
    sentence: (_screen, { message }) =>
      `The browser does not take these constraints for a screen: ${message}. Use ideal or max; min and exact are not allowed.`,
    retryable: false,
  },
  InvalidStateError: noClick,
  // Safari's name for it.
  InvalidAccessError: noClick,
};

/** What there is no DOMException for, as the API itself is missing. */
const missing: Problems = {
  "insecure page": {
    code: "insecure-page",
    sentence: (device) =>
      `A browser gives the ${device} to pages on https:// and on localhost only. Serve this page over HTTPS.`,
    retryable: false,
  },
  "not supported": {
    code: "not-supported",
    sentence: (device) =>
      device === "screen"
        ? "This browser cannot share the screen, as none on a phone can. Use one on a computer."
        : `This browser does not give the ${device} to pages. Use another one, or open the page outside of the app that shows it.`,
    retryable: false,
  },
};

const unknown: Problem = {
  code: "media-failed",
  sentence: (device, { message }) =>
    `The ${device} failed: ${message}. Reload the page, or use another browser.`,
  retryable: false,
};

interface Explanation {
  code: ClientErrorCode;
  message: string;
  retryable: boolean;
}

/**
 * What a failure of getUserMedia or, for the screen, of getDisplayMedia means for the person in front of it. Where a
 * browser has no such function, the error is "insecure page" or "not supported".
 */
export function explain(error: unknown, device: Device): Explanation {
  const { name, ...words } = readError(error);
  // A device that was chosen by its id, and is not there.
  const isMissing = name === "OverconstrainedError" && words.constraint === "deviceId";
  const { code, sentence, retryable } = problemOf(
    isMissing ? "NotFoundError" : name,
    words,
    device,
  );
  return { code, message: sentence(device, words), retryable };
}

function problemOf(name: string, { message }: Words, device: Device): Problem {
  // The page's own policy is told as a denial, though nobody in front of it can change that.
  if (name === "NotAllowedError" && message.includes("policy")) return forbiddenPage;
  const problems = { ...deviceProblems, ...(device === "screen" && screenProblems), ...missing };
  return (Object.hasOwn(problems, name) && problems[name]) || unknown;
}

/** Not every browser makes an `Error` of each. */
function readError(error: unknown): Words & { name: string } {
  if (typeof error === "string") return { name: error, message: error };
  const { name = "", message, constraint } = (error ?? {}) as Partial<Words & { name: string }>;
  // It goes into a sentence of ours, which ends with a full stop.
  const text = (message || String(error)).replace(/\.$/, "");
  return { name, message: text, ...(constraint && { constraint }) };
}
