import { expect, type Page } from "@playwright/test";
import type { Files, IncomingFile, Sending } from "cignal-client/files";
import { bigFile } from "./big-file.js";
import { addParts } from "./part.js";
import type { Peer } from "./peer.js";

declare global {
  var files: Files;
  var offers: IncomingFile[];
  var sending: Sending;
  var fileBytesSent: number;
  var makeFile: typeof bigFile;
}

export const MIB = 1_048_576;

/** Opens files on each page, and counts what goes out of them. */
export async function openFiles(...peers: Peer[]): Promise<void> {
  await addParts(...peers);
  for (const { page } of peers) {
    await page.evaluate(`globalThis.makeFile = ${bigFile}`);
    await page.evaluate(() => {
      globalThis.offers = [];
      globalThis.fileBytesSent = 0;
      globalThis.files = parts.openFiles(cignal);
      files.on("offer", (file) => offers.push(file));
      const { send } = RTCDataChannel.prototype;
      RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: ArrayBufferView) {
        if (this.label.startsWith("file/") && data.byteLength > 8) fileBytesSent += data.byteLength;
        return send.call(this, data as never);
      } as typeof send;
    });
  }
}

/** Offers a file of so many MiB. */
export const send = (page: Page, mebibytes: number, options = {}) =>
  page.evaluate(
    ({ mebibytes, options }) => {
      globalThis.sending = files.sendFile(makeFile(mebibytes), options);
    },
    { mebibytes, options },
  );

/** Takes the last file that is offered. */
export async function accept({ page }: Peer, to?: "disk" | "memory"): Promise<void> {
  await expect.poll(() => page.evaluate(() => offers.at(-1)?.state)).toBe("offered");
  await page.evaluate((to) => void offers.at(-1)?.accept({ to }), to);
}

/** What became of the last file that a page was offered. */
export const outcome = ({ page }: Peer) =>
  page.evaluate(async () => {
    const outcome = await offers.at(-1)?.done;
    if (!outcome?.success) return outcome?.error.code;
    const bytes = (await outcome.file?.arrayBuffer()) ?? new ArrayBuffer(0);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { told: outcome.sha256, found };
  });

/** What became of the last file that a page has offered. */
export const sent = (page: Page) =>
  page.evaluate(async () => {
    const outcome = await sending.done;
    return outcome.success || outcome.error.code;
  });

/** How much a page has of the last file that it was offered, in bytes. */
export const received = ({ page }: Peer) => page.evaluate(() => offers.at(-1)?.bytes ?? 0);
