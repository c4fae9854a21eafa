import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * The two kinds of process of a benchmark, `server-process.ts` and `load-process.ts` in its folder, as files of plain
 * JavaScript: a TypeScript loader would be measured with them.
 */
export async function buildProcesses(folder: URL): Promise<{ server: string; load: string }> {
  const here = fileURLToPath(folder);
  const out = fileURLToPath(new URL(`../dist/${basename(here)}/`, import.meta.url));
  await build({
    entryPoints: [`${here}server-process.ts`, `${here}load-process.ts`],
    outdir: out,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return { server: `${out}server-process.js`, load: `${out}load-process.js` };
}
