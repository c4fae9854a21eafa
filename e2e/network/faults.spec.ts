import { setTimeout } from "node:timers/promises";
import { interruptionsOf, watchForInterruptions } from "../lib/interruptions.js";
import { expectAudio, expectFrames, unaskedKeyFrames } from "../lib/media.js";
import type { Lab } from "./lib/lab.js";
import type { Nat } from "./lib/nat.js";
import {
  expectRecovery,
  expectSignaling,
  expectTrouble,
  expectUndisturbed,
  pages,
} from "./lib/recovery.js";
import { expect, test } from "./lib/test.js";

type Nats = readonly [Nat, Nat];

/** What most calls run over. */
const byNat: Nats = ["port-restricted", "port-restricted"];

test.slow();

for (const seconds of [5, 15, 30]) {
  test(`A link that is down for ${seconds} s interrupts the call, and no more`, async ({
    net,
    openCall,
  }) => {
    const pair = await openCall(byNat);

    await net.homes[0].cut();
    await setTimeout(seconds * 1000);
    await expectTrouble(pair);
    await net.homes[0].mend();

    await expectFrames(...pages(pair));
    await expectAudio(...pages(pair));
    await expectRecovery(pair);
  });
}

test("K4: after an outage whole pictures come without being asked for", async ({
  net,
  openCall,
}) => {
  const pair = await openCall(byNat);
  const before = await Promise.all(pages(pair).map(unaskedKeyFrames));

  await net.homes[0].cut();
  await expectTrouble(pair);
  await net.homes[0].mend();

  for (const [index, page] of pages(pair).entries()) {
    await expect.poll(() => unaskedKeyFrames(page)).toBeGreaterThan(before[index] ?? 0);
  }
});

const faults: { title: string; nats?: Nats; inflict: (net: Lab) => Promise<void> }[] = [
  {
    title: "A machine that gets another address goes on with the call",
    inflict: ({ homes }) => homes[0].moveMachine(),
  },
  {
    title: "A router that gets another public address goes on with the call",
    inflict: ({ homes }) => homes[0].moveRouter(),
  },
  {
    title: "A TURN server that is killed and started again goes on with the calls that it relayed",
    nats: ["symmetric", "symmetric"],
    inflict: ({ turn }) => turn.restart(),
  },
];

for (const { title, nats = byNat, inflict } of faults) {
  test(title, async ({ net, openCall }) => {
    const pair = await openCall(nats);

    await inflict(net);

    // The page is told only of what takes long.
    await expectFrames(...pages(pair));
    await expectAudio(...pages(pair));
    await expectRecovery(pair);
  });
}

test("A Cignal server that is killed and started again is not noticed in the call", async ({
  net,
  openCall,
}) => {
  const pair = await openCall(byNat);
  const [first, second] = pair;
  for (const peer of pair) await watchForInterruptions(peer);

  await net.killServer();
  const sent = ["one", "two", "three"];
  for (const data of sent) expect(await first.inform(data)).toEqual({ success: true });
  for (const peer of pair) await expectSignaling(peer, "reconnecting");
  await expectFrames(...pages(pair));
  await expectAudio(...pages(pair));
  await net.startServer();
  for (const peer of pair) await expectSignaling(peer, "joined");
  await expectFrames(...pages(pair));
  await expectAudio(...pages(pair));

  for (const peer of pair) expect(await interruptionsOf(peer)).toEqual([]);
  await expectUndisturbed(pair);
  await first.inform("four");
  await expect.poll(() => second.informations()).toEqual([...sent, "four"]);
});
