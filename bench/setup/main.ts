import type { Browser } from "playwright-core";
import { options } from "../lib/options.js";
import { middle, middleHalf, range, ratio, table } from "../lib/table.js";
import { SERVERS } from "../servers/index.js";
import { launch } from "./browser.js";
import { CONTENDERS, type ContenderName } from "./contenders.js";
import { delayProxy } from "./delay-proxy.js";
import { servePages } from "./page-server.js";
import { type Run, run } from "./run.js";

const NAMES = Object.keys(CONTENDERS) as ContenderName[];

const { runs, delay, trace, contenders } = options({
  /** Calls of each contender that count. */
  runs: 15,
  /** The round-trip time that is added to the signalling for the second table, in milliseconds. */
  delay: 100,
  /** 1 prints the steps of each contender's last call. */
  trace: 0,
  contenders: NAMES,
});

const chosen = NAMES.filter((name) => contenders.includes(name));

/** Each contender's calls, taking turns; a first round warms up and is thrown away. */
async function measure(browser: Browser, pages: number, ports: Map<string, number>) {
  const results = new Map(chosen.map((name) => [name, [] as Run[]]));
  for (let round = 0; round <= runs; round++) {
    for (const [name, list] of results) {
      const port = ports.get(CONTENDERS[name].server);
      if (port === undefined) throw new Error(`no server for ${name}`);
      const result = await run(browser, `http://127.0.0.1:${pages}/${name}`, port);
      if (round > 0) list.push(result);
    }
    console.error(`round ${round} of ${runs}`);
  }
  return results;
}

function report(title: string, results: Map<ContenderName, Run[]>) {
  const base = (results.get("raw") ?? []).map(({ setup }) => setup);
  const rows = [...results].map(([name, list]) => {
    const setups = list.map(({ setup }) => setup);
    const readies = list.map(({ ready }) => ready);
    return [
      CONTENDERS[name].title,
      middle(setups),
      middleHalf(setups),
      range(setups),
      ratio(setups, base),
      middle(readies),
    ];
  });
  const head = ["click → frame on both sides, ms", "median", "p25–p75", "min–max", "to raw"];
  console.log(`\n${title}\n\n${table([...head, "page → callable"], rows)}`);
  if (trace) for (const [name, list] of results) print(CONTENDERS[name].title, list.at(-1));
}

function print(title: string, last: Run | undefined) {
  console.log(`\n${title}\n`);
  for (const { at, what } of last?.steps ?? []) console.log(at.toFixed(1).padStart(9), what);
}

const ports = new Map<string, number>();
const delayed = new Map<string, number>();
for (const name of new Set(chosen.map((contender) => CONTENDERS[contender].server))) {
  const { start } = await SERVERS[name]();
  const port = await start();
  ports.set(name, port);
  delayed.set(name, await delayProxy(port, delay / 2));
}
const pages = await servePages(chosen, trace > 0);
const browser = await launch();
try {
  report(`${runs} calls each, signalling on loopback`, await measure(browser, pages, ports));
  report(
    `${runs} calls each, ${delay} ms of round-trip time added to the signalling`,
    await measure(browser, pages, delayed),
  );
} finally {
  await browser.close();
}
// The servers are still listening.
process.exit();
