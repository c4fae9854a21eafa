// npm run check: everything that must hold besides the tests. Each check is a script of package.json.
import { build } from "./lib/build.mjs";
import { install } from "./lib/install.mjs";
import { Failure, main, run } from "./lib/run.mjs";

const checks = ["lint", "types", "imports", "unused", "exports", "size"];

await main(async () => {
  await install();
  let failed = 0;
  // Some checks read what was built; the others are worth running even if the build fails.
  await build().catch((error) => {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    failed++;
  });

  let passed = 0;
  for (const check of checks) {
    const began = Date.now();
    const { code, output } = await run("npm", ["run", "--silent", check], { quiet: true });
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`${code === 0 ? "ok    " : "FAILED"} ${check.padEnd(8)} ${seconds} s`);
    if (code === 0) passed++;
    else {
      failed++;
      console.log(output.trimEnd());
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
});
