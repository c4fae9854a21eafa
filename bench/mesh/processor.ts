import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";

/** In which Linux counts the processor time of a process: USER_HZ, 100 on all machines that run Chromium. */
const TICKS_A_SECOND = 100;

/** proc(5): `utime` and `stime`, counted from what follows the name in brackets. */
const [USER, SYSTEM] = [11, 12];

async function secondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[USER]) + Number(fields[SYSTEM])) / TICKS_A_SECOND;
}

/** The processor time in seconds that all processes of the browser have taken so far. */
export async function processorTime(browser: Browser): Promise<number> {
  const devTools = await browser.newBrowserCDPSession();
  const { processInfo } = await devTools.send("SystemInfo.getProcessInfo");
  await devTools.detach();
  const seconds = await Promise.all(processInfo.map(({ id }) => secondsOf(id)));
  return seconds.reduce((sum, each) => sum + each, 0);
}
