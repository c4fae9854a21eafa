import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../dist/", import.meta.url));

/** The files of the two kinds of process, as plain JavaScript: a TypeScript loader would be measured with them. */
export async function buildProcesses() {
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
