import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const resolveDir = fileURLToPath(new URL(".", import.meta.url));

/** The files that a page loads at once: the first one and what it imports, without what it imports on demand. */
function loadedAtOnce({ outputs }: Metafile): string[] {
  // What is imported on demand counts as an entry point, too.
  const loaded = Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === "<stdin>");
  for (const file of loaded) {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && !external && !loaded.includes(path)) loaded.push(path);
    }
  }
  return loaded;
}

/** Code as a page loads it. */
export interface Code {
  atOnce: Uint8Array[];
  /** Only when it is needed. */
  onDemand: Uint8Array[];
}

/** All that `name` exports, as a bundler puts it into a page: minified, what is imported on demand apart. */
export async function bundle(name: string, external: string[] = []): Promise<Code> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: `export * from "${name}"`, resolveDir },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external,
    outdir: "out",
    absWorkingDir: resolveDir,
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const loaded = loadedAtOnce(metafile).map((file) => `${resolveDir}${file}`);
  const contents = (atOnce: boolean) =>
    outputFiles.filter(({ path }) => loaded.includes(path) === atOnce).map((file) => file.contents);
  return { atOnce: contents(true), onDemand: contents(false) };
}
