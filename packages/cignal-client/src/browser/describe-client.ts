import type { About } from "@cignal/protocol";

/** The parts of `navigator` that tell what the page runs on; no browser has all of them. */
interface Client {
  readonly userAgent?: string;
  readonly connection?: { readonly type?: string; readonly effectiveType?: string };
}

const BROWSER = /(?:Edg|OPR|SamsungBrowser|Firefox|\w\wiOS|Version|Chrome)\w*\/\d+/g;

/** What a page runs on (H12). Browsers name others beside themselves: Chrome is whoever says nothing else. */
export function describeClient({ userAgent = "", connection }: Client = {}): About {
  const named = userAgent.match(BROWSER) ?? [];
  const browser = named.find((name) => !name.startsWith("Chrome")) ?? named[0];
  const [device] = /iPhone|iPad/.exec(userAgent) ?? [];
  return {
    platform: "Web",
    version: browser?.replace("Version", "Safari").replace("/", " "),
    device: device ?? (/Mobi|Android/.test(userAgent) ? "mobile" : "desktop"),
    network: connection?.type ?? connection?.effectiveType,
  };
}
