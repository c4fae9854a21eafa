import { setTimeout } from "node:timers/promises";
import { reportOf, watchQuality } from "../lib/quality.js";
import { expectTrouble, type Pair } from "./lib/recovery.js";
import { expect, test } from "./lib/test.js";

test("20 % loss, 100 kbit/s and 4 s without a network are each named in the report of both @alone", async ({
  net,
  openCall,
}) => {
  const pair = await openCall(["open", "open"]);
  const [home] = net.homes;

  await watch(pair);
  await home.setLoss(0.2);
  await expectVerdicts(pair, / lost packets: [12]\d % of what came from Peer and [12]\d % /);
  await home.setNat("open");

  await watch(pair);
  await home.setRate(100);
  await expectVerdicts(pair, / was slow: \d+ kbit\/s came from Peer /);
  await home.setNat("open");

  await watch(pair);
  await home.cut();
  await expectTrouble(pair);
  await setTimeout(1_000);
  await home.mend();
  for (const peer of pair) {
    await expect.poll(() => peer.events("reconnected"), { timeout: 30_000 }).not.toEqual([]);
  }
  await expectVerdicts(pair, /^The connection to Peer was cut once, for \d\.\d s\.$/);
});

/** From now on: the reports of both know of nothing before. */
async function watch(pair: Pair): Promise<void> {
  for (const peer of pair) await watchQuality(peer, { intervalMs: 500 });
}

async function expectVerdicts(pair: Pair, sentence: RegExp): Promise<void> {
  for (const peer of pair) {
    await expect
      .poll(async () => (await reportOf(peer))?.verdict.sentence, { timeout: 30_000 })
      .toMatch(sentence);
  }
}
