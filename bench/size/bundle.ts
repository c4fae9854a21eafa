import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const resolveDir = fileURLToPath(new URL(".", import.meta.url));

/** These entry points and what they import, without what that imports on demand. */
function loadedWith({ outputs }: Metafile, isEntry: (entryPoint: string) => boolean): string[] {
  // What is imported on demand counts as an entry point, too.
  const loaded = Object.keys(outputs).filter((file) => isEntry(outputs[file]?.entryPoint ?? ""));
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
  /** While a call connects. */
  forCall: Uint8Array[];
  /** Only when it is needed. */
  onDemand: Uint8Array[];
}

/**
 * All that `name` exports, as a bundler puts it into a page: minified, what is imported on demand apart, and of that those
 * parts that `call` matches, which every call imports.
 */
export async function bundle(
  name: string,
  { external = [], call = /^$/ }: { external?: string[]; call?: RegExp } = {},
): Promise<Code> {
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
  const isPage = (entry: string) => entry === "<stdin>";
  const page = loadedWith(metafile, isPage);
  const both = loadedWith(metafile, (entry) => isPage(entry) || call.test(entry));
  const contents = (isWanted: (file: string) => boolean) =>
    outputFiles
      .filter(({ path }) => isWanted(path.slice(resolveDir.length)))
      .map((file) => file.contents);
  return {
    atOnce: contents((file) => page.includes(file)),
    forCall: contents((file) => both.includes(file) && !page.includes(file)),
    onDemand: contents((file) => !both.includes(file)),
  };
}
