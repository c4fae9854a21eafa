import { readdirSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

const common: Options = { outDir: "dist", target: "es2022" };

/** What a page adds to the core, by the names under which it is imported. */
const parts = readdirSync("src/parts", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => [name, `src/parts/${name}/index.ts`] as const);

export default defineConfig([
  {
    ...common,
    entry: { index: "src/index.ts", node: "src/node/index.ts", ...Object.fromEntries(parts) },
    format: ["esm", "cjs"],
    // So that all entries have one `CignalError`.
    splitting: true,
    // Neither Node nor a browser: importing it on a server (SSR) must work too.
    platform: "neutral",
    // The protocol is private, so users get it, and its types, inside.
    noExternal: ["@cignal/protocol"],
    // Only `cignal-client/node` loads it, and only who uses that has installed it.
    external: ["werift"],
    // Types are inlined only from files of this project, not from what is found in node_modules.
    dts: {
      compilerOptions: {
        paths: { "@cignal/protocol": ["../protocol/src/index.ts"] },
        stripInternal: true,
      },
    },
    sourcemap: true,
    // The other build below writes here at the same time.
    clean: ["!cignal.min.js"],
  },
  {
    ...common,
    // For a <script> tag: everything in one file.
    entry: { "cignal.min": "src/script.ts" },
    format: ["iife"],
    platform: "browser",
    noExternal: [/./],
    minify: true,
    outExtension: () => ({ js: ".js" }),
  },
]);
