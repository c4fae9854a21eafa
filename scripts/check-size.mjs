// npm run size: what Cignal adds to a page, as its bundler would ship it, minified and gzipped: at once, and until a call
// is on. What few pages load later is not counted: sentences for failures, security code, check, developers' log.
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build as bundle } from "esbuild";
import { build } from "./lib/build.mjs";
import { main } from "./lib/run.mjs";

const limits = [
  { what: "cignal-client alone", external: ["socket.io-client"], page: 11_000, call: 31_600 },
  { what: "with socket.io-client", external: [], page: 24_000, call: 44_600 },
];

/** What each call loads while it connects. */
const CALL = /dist\/(session|recovery|device-keeper)-/;

const gzipped = ({ contents }) => gzipSync(contents, { level: 9 }).length;

/** A file and all that it imports at once. */
function loadedWith(outputs, path) {
  const statics = outputs[path].imports.filter(({ kind }) => kind === "import-statement");
  return [
    path,
    ...statics.flatMap((file) => (outputs[file.path] ? loadedWith(outputs, file.path) : [])),
  ];
}

await main(async () => {
  await build("cignal-client");
  let failed = false;
  for (const { what, external, page, call } of limits) {
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
      // Of what is in node_modules, bundlers say nothing of the kind.
      logOverride: { "ignored-bare-import": "silent" },
    });
    const sizeOf = (isEntry) => {
      const entries = Object.entries(metafile.outputs).filter(([, { entryPoint = "" }]) =>
        isEntry(entryPoint),
      );
      const files = entries.flatMap(([path]) => loadedWith(metafile.outputs, path));
      const paths = new Set(files.map((path) => resolve(path)));
      const counted = outputFiles.filter(({ path }) => paths.has(path));
      return counted.reduce((total, file) => total + gzipped(file), 0);
    };
    const isIndex = (path) => path.endsWith("dist/index.js");
    const sizes = [
      ["at once", sizeOf(isIndex), page],
      ["for a call", sizeOf((path) => isIndex(path) || CALL.test(path)), call],
    ];
    for (const [when, bytes, limit] of sizes) {
      const verdict = bytes > limit ? "TOO LARGE" : "ok";
      console.log(`${what}, ${when}: ${bytes} of ${limit} bytes, ${verdict}`);
      failed ||= bytes > limit;
    }
  }
  return failed ? 1 : 0;
});
