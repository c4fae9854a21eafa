// npm run types: tsc in every folder that has a tsconfig.json, one a core.
import { availableParallelism } from "node:os";
import { main, run } from "./lib/run.mjs";
import { foldersWith } from "./lib/workspaces.mjs";

await main(async () => {
  const waiting = foldersWith("tsconfig.json");
  let failed = 0;
  const worker = async () => {
    for (let folder = waiting.shift(); folder; folder = waiting.shift()) {
      const { code, output } = await run(
        process.execPath,
        ["node_modules/typescript/bin/tsc", "--project", folder],
        { quiet: true },
      );
      if (code === 0) continue;
      failed++;
      console.log(`${folder}\n${output}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return failed > 0 ? 1 : 0;
});
