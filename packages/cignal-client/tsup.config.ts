import { defineConfig, type Options } from "tsup";

const common: Options = { outDir: "dist", target: "es2022" };

export default defineConfig([
  {
    ...common,
    entry: ["src/index.ts"],
    format: ["esm", "cjs"],
    // Neither Node nor a browser: importing it on a server (SSR) must work too.
    platform: "neutral",
    // The protocol is private, so users get it, and its types, inside.
    noExternal: ["@cignal/protocol"],
    // Types are inlined only from files of this project, not from what is found in node_modules.
    dts: {
      compilerOptions: { paths: { "@cignal/protocol": ["../protocol/src/index.ts"] } },
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
