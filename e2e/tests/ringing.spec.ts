import {
  callStateOf,
  expectAccepted,
  expectDeclined,
  expectUntouched,
  type Ringing,
  startRinging,
} from "../lib/ringing.js";
import { expect, test } from "../lib/test.js";

const about = (id: string) => ({ peer: { id } });

const ringing = test.extend<{ ring: () => Promise<Ringing> }>({
  ring: async ({ openPeer }, use) => {
    await use(async () => {
      const callee = await openPeer({ peerId: "callee", ring: true });
      const caller = await openPeer({ peerId: "caller" });
      return startRinging(caller, callee);
    });
  },
});

ringing(
  "N1: a call that rings touches nothing of the callee before it is accepted",
  async ({ ring, server }) => {
    const call = await ring();
    expect(await call.callee.events("incomingCall")).toMatchObject([[{}, about("caller")]]);
    await expectUntouched(call.callee, server);
    await expectAccepted(call);
  },
);

ringing(
  "N2: the caller is told that the call was declined, and no camera was lit",
  async ({ ring }) => {
    const { caller, callee, outcome } = await ring();
    await expectDeclined({ caller, callee, outcome });

    const again = caller.call();
    await expect.poll(() => callStateOf(callee)).toBe("incoming");
    await callee.page.evaluate(() => void lab.incoming().accept());
    expect(await again).toEqual({ success: true });
  },
);

ringing("N3: a call that is taken back stops ringing, and the callee is told", async ({ ring }) => {
  const { caller, callee, outcome } = await ring();
  await caller.page.evaluate(() => cignal.cancelCall());
  expect(await outcome).toMatchObject({ success: false, error: { code: "call-cancelled" } });
  await expect
    .poll(() => callee.events("callCancelled"))
    .toMatchObject([[{ reason: "cancelled" }, about("caller")]]);
  expect(await callStateOf(callee)).toBe("waiting");
  expect(await callee.page.evaluate(() => lab.answer(lab.incoming().accept()))).toMatchObject({
    error: { code: "call-cancelled" },
  });
});

ringing("A caller who is gone stops ringing", async ({ ring }) => {
  const { caller, callee } = await ring();
  await caller.leave();
  await expect.poll(() => callee.events("callCancelled")).toMatchObject([[{ reason: "left" }, {}]]);
});
