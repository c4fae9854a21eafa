// npm run size: what Cignal adds to a page, as its bundler would ship it, minified and gzipped. What is loaded later, and
// by few pages, is not counted: sentences for failures, security code, check, developers' log.
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build as bundle } from "esbuild";
import { build } from "./lib/build.mjs";
import { main } from "./lib/run.mjs";

const limits = [
  { what: "cignal-client alone", external: ["socket.io-client"], limit: 17_900 },
  { what: "with socket.io-client", external: [], limit: 30_900 },
];

const gzipped = ({ contents }) => gzipSync(contents, { level: 9 }).length;

/** The entry and all that it imports at once. */
function loadedAtOnce(outputs, path) {
  const statics = outputs[path].imports.filter(({ kind }) => kind === "import-statement");
  return [
    path,
    ...statics.flatMap((file) => (outputs[file.path] ? loadedAtOnce(outputs, file.path) : [])),
  ];
}

await main(async () => {
  await build("cignal-client");
  let failed = false;
  for (const { what, external, limit } of limits) {
    const { outputFiles, metafile } = await bundle({
      entryPoints: ["packages/cignal-client/dist/index.js"],
      external,
      bundle: true,
      splitting: true,
      metafile: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      legalComments: "none",
      outdir: "size",
      write: false,
    });
    const [entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
      entryPoint?.endsWith("dist/index.js"),
    );
    const first = new Set(loadedAtOnce(metafile.outputs, entry).map((path) => resolve(path)));
    const sum = (files) => files.reduce((total, file) => total + gzipped(file), 0);
    const bytes = sum(outputFiles.filter(({ path }) => first.has(path)));
    const later = sum(outputFiles.filter(({ path }) => !first.has(path)));
    const verdict = bytes > limit ? "TOO LARGE" : "ok";
    console.log(`${what}: ${bytes} of ${limit} bytes, ${verdict} (${later} more when needed)`);
    failed ||= bytes > limit;
  }
  return failed ? 1 : 0;
});
