import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { listen } from "../lib/listen.js";

/** A page of nothing but a script. */
export const htmlWith = (script: string) =>
  `<!doctype html><body><script src="${script}"></script>`;

export const HTML = { "content-type": "text/html; charset=utf-8" };
export const SCRIPT = { "content-type": "text/javascript; charset=utf-8" };

/** A script for a page, from a file beside this one. */
export async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    minify: true,
    target: "es2022",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** Answers with each contender's page at `/NAME`, after the script `before`. */
export async function pages(
  contenders: readonly string[],
  before?: string,
  folder = "contenders",
): Promise<RequestListener> {
  const first = before ? await bundle(before) : "";
  const scripts = new Map<string, string>();
  for (const name of contenders) {
    scripts.set(`/${name}.js`, first + (await bundle(`${folder}/${name}.ts`)));
  }
  return ({ url = "/" }, response) => {
    const script = scripts.get(url);
    if (script !== undefined) response.writeHead(200, SCRIPT).end(script);
    else if (scripts.has(`${url}.js`)) {
      response.writeHead(200, HTML).end(htmlWith(`${url}.js`));
    } else response.writeHead(404).end();
  };
}

/** Serves them, with what notes their steps if `traced`. Returns the port. */
export async function servePages(contenders: readonly string[], traced: boolean): Promise<number> {
  return listen(createServer(await pages(contenders, traced ? "trace.ts" : undefined)));
}
