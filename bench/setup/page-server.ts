import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { listen } from "../lib/listen.js";

const HTML = { "content-type": "text/html; charset=utf-8" };
const SCRIPT = { "content-type": "text/javascript; charset=utf-8" };

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    bundle: true,
    minify: true,
    target: "es2022",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** Serves each contender's page at `/NAME`, with what notes its steps if `traced`. Returns the port. */
export async function servePages(contenders: readonly string[], traced: boolean): Promise<number> {
  const before = traced ? await bundle("trace.ts") : "";
  const scripts = new Map<string, string>();
  for (const name of contenders) {
    scripts.set(`/${name}.js`, before + (await bundle(`contenders/${name}.ts`)));
  }
  const server = createServer(({ url = "/" }, response) => {
    const script = scripts.get(url);
    if (script !== undefined) response.writeHead(200, SCRIPT).end(script);
    else if (scripts.has(`${url}.js`)) {
      response.writeHead(200, HTML).end(`<!doctype html><body><script src="${url}.js"></script>`);
    } else response.writeHead(404).end();
  });
  return listen(server);
}
