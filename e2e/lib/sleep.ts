import type { Browser } from "@playwright/test";

/** What of a browser stands still: its pages alone, as when a phone freezes them, or all of it, as on a closed laptop. */
export type Sleeper = "page" | "machine";

/** Stops a browser until the returned function wakes it. Nothing may be asked of its pages meanwhile. */
export async function putToSleep(browser: Browser, sleeper: Sleeper): Promise<() => void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const stopped = processInfo
    .filter(({ type }) => sleeper === "machine" || type === "renderer")
    .map(({ id }) => id);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of stopped) process.kill(pid, name);
  };
  signal("SIGSTOP");
  return () => signal("SIGCONT");
}
