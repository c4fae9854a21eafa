import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import type { Peer } from "./peer.js";

const bundled = new Map<string, Promise<string>>();

/** Runs a sample of a docs page with what it imports; the page's `cignal` is in the room. */
export async function addSample({ page }: Pick<Peer, "page">, file: string): Promise<void> {
  const sample = fileURLToPath(new URL(`../docs/${file}`, import.meta.url));
  await page.addScriptTag({ content: await once(file, { entryPoints: [sample] }) });
}

function once(name: string, input: BuildOptions): Promise<string> {
  const script = bundled.get(name) ?? bundle(input);
  bundled.set(name, script);
  return script;
}

async function bundle(input: BuildOptions): Promise<string> {
  const options = { bundle: true, format: "iife", target: "es2022", write: false } as const;
  const { outputFiles } = await build({ ...input, ...options });
  return outputFiles[0]?.text ?? "";
}
