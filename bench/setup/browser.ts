import { type Browser, chromium } from "playwright-core";

export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1";

/** Headless Chromium with a fake camera that runs at 30 frames a second and does not slow a page down unseen. */
export const launch = (executablePath = CHROMIUM, network = [ONLY_LOOPBACK]): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--use-fake-device-for-media-stream=fps=30",
      "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-renderer-backgrounding",
      "--disable-backgrounding-occluded-windows",
      "--disable-background-timer-throttling",
      ...network,
    ],
  });
