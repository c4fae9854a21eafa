import type { CignalErrorDetails, ClientErrorCode } from "../errors.js";

/** The capture device that an error is about. */
export type Device = NonNullable<CignalErrorDetails["device"]>;

/** getUserMedia's own description of each error: W3C mediacapture-main, section 10.2. */
const problems = {
  NotAllowedError: {
    code: "permission-denied",
    sentence: (device: Device) =>
      `Access to the ${device} was denied. Allow it in the browser's address bar, then try again.`,
    retryable: true,
  },
  SecurityError: {
    code: "permission-denied",
    sentence: (device: Device) =>
      `This page may not use the ${device}. If it is framed, the frame needs allow="camera; microphone".`,
    retryable: false,
  },
  NotFoundError: {
    code: "device-not-found",
    sentence: (device: Device) => `No ${device} was found. Connect one, then try again.`,
    retryable: true,
  },
  NotReadableError: {
    code: "device-busy",
    sentence: (device: Device) =>
      `The ${device} cannot be read; another program may hold it. Close that program, then try again.`,
    retryable: true,
  },
  AbortError: {
    code: "device-busy",
    sentence: (device: Device) => `The ${device} could not be started. Try again.`,
    retryable: true,
  },
  OverconstrainedError: {
    code: "constraints-not-met",
    sentence: (device: Device, error: unknown) =>
      `No ${device} meets the media constraint "${constraintOf(error)}". Use ideal instead of min, max or exact.`,
    retryable: false,
  },
} as const;

const constraintOf = (error: unknown): string =>
  error instanceof Error && "constraint" in error ? String(error.constraint) : "unknown";

const isKnown = (name: string): name is keyof typeof problems => Object.hasOwn(problems, name);

interface Explanation {
  code: ClientErrorCode;
  message: string;
  retryable: boolean;
}

/** What a failure of getUserMedia, or its absence, means for the person in front of it. */
export function explain(error: unknown, device: Device): Explanation {
  if (error === "insecure page") {
    const message = `A browser gives the ${device} to pages on https:// and on localhost only. Serve this page over HTTPS.`;
    return { code: "insecure-page", message, retryable: false };
  }
  const name = error instanceof Error ? error.name : "";
  if (!isKnown(name)) {
    const message = `The ${device} failed: ${String(error)}`;
    return { code: "media-failed", message, retryable: false };
  }
  const { code, sentence, retryable } = problems[name];
  return { code, message: sentence(device, error), retryable };
}
