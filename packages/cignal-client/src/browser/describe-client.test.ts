import { expect, it } from "vitest";
import { describeClient } from "./describe-client.js";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

it.each([
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36`,
    "Chrome 156",
    "desktop",
  ],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/156.0.0.0 Safari/537.36`,
    "Chrome 156",
    "desktop",
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.1`,
    "Edg 156",
    "desktop",
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-S901B) ${WEBKIT} SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537.36`,
    "SamsungBrowser 29",
    "mobile",
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/156.0.0.0 Mobile Safari/537.36`,
    "Chrome 156",
    "mobile",
  ],
  [
    "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
    "Firefox 153",
    "desktop",
  ],
  ["Mozilla/5.0 (Android 14; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0", "Firefox 153", "mobile"],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/19.1 Safari/605.1.15`,
    "Safari 19",
    "desktop",
  ],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) ${WEBKIT} Version/19.0 Mobile/15E148 Safari/604.1`,
    "Safari 19",
    "iPhone",
  ],
  [
    `Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) ${WEBKIT} CriOS/156.0 Mobile/15E148 Safari/604.1`,
    "CriOS 156",
    "iPad",
  ],
])("H12: says what %s is", (userAgent, version, device) => {
  expect(describeClient({ userAgent })).toEqual({ platform: "Web", version, device });
});

it("H12: says of the network what the browser tells: its type, else how fast it is", () => {
  const network = (connection: object) => describeClient({ connection }).network;
  expect(network({ type: "wifi", effectiveType: "4g" })).toBe("wifi");
  expect(network({ effectiveType: "4g" })).toBe("4g");
  expect(describeClient().network).toBeUndefined();
});

it("H12: names no browser that it does not know", () => {
  expect(describeClient({ userAgent: "Lynx/2.9" }).version).toBeUndefined();
});
