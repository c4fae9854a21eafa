import type { Browser } from "./browser/browser.js";
import { CignalError } from "./errors.js";

/** Puts a link on the clipboard. Rejects with a `CignalError`. */
export async function copyLink(browser: Browser, link: string): Promise<void> {
  const write = browser.writeClipboard();
  if (!write) {
    throw new CignalError(
      "insecure-page",
      "A browser gives the clipboard to pages on https:// and on localhost only. Serve this page over HTTPS.",
    );
  }
  await write(link).catch((cause: unknown) => {
    throw new CignalError(
      "clipboard-denied",
      "The browser did not allow copying. Copy the link by hand.",
      { cause, retryable: true },
    );
  });
}
