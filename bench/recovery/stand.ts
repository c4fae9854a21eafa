import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { browserIn, Lab } from "e2e/network/lab";
import { TURN_SECRET } from "e2e/network/turn";
import type { Browser } from "playwright-core";
import { CHROMIUM, launch } from "../setup/browser.js";

/** The lab with all servers, and a browser in each home. */
export interface Stand {
  lab: Lab;
  browsers: Browser[];
  close(): Promise<void>;
}

export async function build(): Promise<Stand> {
  const lab = await Lab.build(fileURLToPath(new URL("serve.ts", import.meta.url)));
  const commands = await Promise.all(lab.homes.map(({ machine }) => browserIn(machine, CHROMIUM)));
  // Devices on a plain http page, and coturn's own certificate.
  const flags = [
    `--unsafely-treat-insecure-origin-as-secure=${lab.url}`,
    "--ignore-certificate-errors",
  ];
  const browsers = await Promise.all(commands.map(({ path }) => launch(path, flags)));
  // What most calls run over.
  for (const home of lab.homes) await home.setNat("port-restricted");
  return {
    lab,
    browsers,
    async close() {
      for (const browser of browsers) await browser.close();
      for (const { remove } of commands) await remove();
      await lab.remove();
    },
  };
}

/** The lab's STUN and TURN servers, with credentials as Cignal's server gives them to its clients. */
export function iceServers({ turn }: Lab): RTCIceServer[] {
  const [stun = "", ...urls] = turn.urls;
  const username = `${Math.floor(Date.now() / 1000) + 3_600}:bench`;
  const credential = createHmac("sha1", TURN_SECRET).update(username).digest("base64");
  return [{ urls: stun }, { urls, username, credential }];
}
