// npm run meeting: from a fresh clone to examples/meeting. Ctrl+C ends it.
import { build } from "./lib/build.mjs";
import { install, pnpm } from "./lib/install.mjs";
import { main, run } from "./lib/run.mjs";

await main(async () => {
  await install();
  await build();
  const { code } = await run(...pnpm("--silent", "--filter", "example-meeting", "start"));
  return code;
});
