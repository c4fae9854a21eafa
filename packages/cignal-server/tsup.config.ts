import { defineConfig, type Options } from "tsup";

const protocol = "@cignal/protocol";

const libraries = ["index", "jwt", "metrics", "rabbitmq", "redis", "standalone", "webhook"].map(
  (name) => `src/${name}.ts`,
);

const shared: Options = {
  target: "node20",
  // So that all entries have one `OptionsError`.
  splitting: true,
  sourcemap: false,
  noExternal: [protocol],
  dts: {
    entry: libraries,
    // As a path and not as a package, or the types of the private package would be imported instead of inlined.
    compilerOptions: { paths: { [protocol]: ["../protocol/src/index.ts"] } },
  },
};

export default defineConfig([
  {
    ...shared,
    entry: [...libraries, "src/cli.ts"],
    format: "esm",
    clean: true,
  },
  // `import.meta.url`, for the files beside.
  { ...shared, entry: libraries, format: "cjs", shims: true },
]);
