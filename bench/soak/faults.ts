import type { Side } from "./side.js";
import type { Stand } from "./stand.js";

/** What happens to a call. Whoever leaves or reloads does what its user would do next. */
const FAULTS: Record<string, (side: Side, stand: Stand, random: () => number) => Promise<void>> = {
  "signaling-loss": ({ page }, _, random) =>
    page.evaluate((ms) => window.soak.simulate("signaling-loss", ms), 500 + 4_500 * random()),
  "ice-failure": ({ page }) => page.evaluate(() => window.soak.simulate("ice-failure", 0)),
  renegotiation: ({ page }) => page.evaluate(() => window.soak.simulate("renegotiation", 0)),
  // Of the second page only, so that the first one's heap is as old as the run.
  reload: async (_, { sides: [, second] }) => {
    await second.page.reload();
    await second.enter();
  },
  "leave and enter": async (side) => {
    await side.page.evaluate(() => window.soak.leave());
    await side.enter();
    await side.call();
  },
  "server restart": (_, stand) => stand.restartServer(),
};

/** Does something to the call; returns what. */
export async function inflict(stand: Stand, random: () => number, told: (what: string) => void) {
  const names = Object.keys(FAULTS);
  const name = names[Math.floor(random() * names.length)] ?? "";
  const side = stand.sides[random() < 0.5 ? 0 : 1];
  told(`${name} (${name === "reload" ? "second" : side.name})`);
  await FAULTS[name]?.(side, stand, random);
}
