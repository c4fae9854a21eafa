import { defineConfig, type Options } from "tsup";

const protocol = "@cignal/protocol";

const shared: Options = {
  target: "node20",
  // So that all entries have one `OptionsError`.
  splitting: true,
  sourcemap: false,
  noExternal: [protocol],
  dts: {
    entry: ["src/index.ts", "src/jwt.ts", "src/standalone.ts"],
    // As a path and not as a package, or the types of the private package would be imported instead of inlined.
    compilerOptions: { paths: { [protocol]: ["../protocol/src/index.ts"] } },
  },
};

export default defineConfig([
  {
    ...shared,
    entry: ["src/index.ts", "src/jwt.ts", "src/standalone.ts", "src/cli.ts"],
    format: "esm",
    clean: true,
  },
  { ...shared, entry: ["src/index.ts", "src/jwt.ts", "src/standalone.ts"], format: "cjs" },
]);
