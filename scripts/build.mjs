// npm run build: both packages and the demo, what changed since the last time.
import { build } from "./lib/build.mjs";
import { install } from "./lib/install.mjs";
import { main } from "./lib/run.mjs";

await main(async () => {
  await install();
  await build();
});
