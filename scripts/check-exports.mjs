// npm run exports: packs both packages as a release would, and checks that every way to import them works and is typed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { pnpm } from "./lib/install.mjs";
import { main, root, run, runQuietly } from "./lib/run.mjs";

/** Without a network: nothing here is looked up in a registry. */
const tools = [
  ["node_modules/publint/src/cli.js", "run", "--strict"],
  // Node16: TypeScript's oldest resolution that knows "exports"; what Cignal needs (Node 20) has it.
  // The script-tag bundle is not imported, so it has no types.
  [
    "node_modules/@arethetypeswrong/cli/dist/index.js",
    "--profile=node16",
    "--no-definitely-typed",
    "--exclude-entrypoints=script",
    "--no-color",
  ],
];

const packages = ["cignal-server", "cignal-client"];

await main(async () => {
  await build(...packages);
  const folder = mkdtempSync(join(tmpdir(), "cignal-exports-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

  let failed = false;
  for (const name of packages) {
    const tarball = join(folder, `${name}.tgz`);
    await runQuietly("pnpm pack", ...pnpm("pack", "--out", tarball), {
      cwd: join(root, "packages", name),
    });
    for (const [cli, ...args] of tools) {
      const { code, output } = await run(process.execPath, [cli, ...args, tarball], {
        quiet: true,
      });
      console.log(output.trimEnd());
      failed ||= code !== 0;
    }
  }
  return failed ? 1 : 0;
});
