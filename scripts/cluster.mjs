// npm run cluster: from a fresh clone to examples/cluster. Ctrl+C ends it.
import { build } from "./lib/build.mjs";
import { install } from "./lib/install.mjs";
import { main, run } from "./lib/run.mjs";

await main(async () => {
  await install();
  await build();
  const { code } = await run(process.execPath, ["examples/cluster/start.mjs"]);
  return code;
});
