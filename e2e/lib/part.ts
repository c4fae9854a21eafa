import { fileURLToPath } from "node:url";
import type * as adapt from "cignal-client/adapt";
import type * as channels from "cignal-client/channels";
import type * as chat from "cignal-client/chat";
import type * as files from "cignal-client/files";
import type * as orientation from "cignal-client/orientation";
import type * as quality from "cignal-client/quality";
import type * as record from "cignal-client/record";
import type * as speaking from "cignal-client/speaking";
import { type BuildOptions, build } from "esbuild";
import type { Peer } from "./peer.js";

declare global {
  /** What a page has from `addParts`. */
  var parts: typeof adapt &
    typeof channels &
    typeof chat &
    typeof files &
    typeof orientation &
    typeof quality &
    typeof record &
    typeof speaking;
}

const PARTS = [
  "adapt",
  "channels",
  "chat",
  "files",
  "orientation",
  "quality",
  "record",
  "speaking",
];

const bundled = new Map<string, Promise<string>>();

/** Runs a sample of a docs page with what it imports; the page's `cignal` is in the room. */
export async function addSample({ page }: Pick<Peer, "page">, file: string): Promise<void> {
  const sample = fileURLToPath(new URL(`../docs/${file}`, import.meta.url));
  await page.addScriptTag({ content: await once(file, { entryPoints: [sample] }) });
}

/** Gives pages the parts of the client, as `parts`. */
export async function addParts(...peers: Pick<Peer, "page">[]): Promise<void> {
  const imports = PARTS.map((part) => `import * as ${part} from "cignal-client/${part}";`).join("");
  const contents = `${imports} globalThis.parts = { ${PARTS.map((part) => `...${part}`)} };`;
  const content = await once("parts", { stdin: { contents, resolveDir: import.meta.dirname } });
  await Promise.all(peers.map(({ page }) => page.addScriptTag({ content })));
}

function once(name: string, input: BuildOptions): Promise<string> {
  const script = bundled.get(name) ?? bundle(input);
  bundled.set(name, script);
  return script;
}

async function bundle(input: BuildOptions): Promise<string> {
  const options = {
    bundle: true,
    format: "iife",
    target: "es2022",
    write: false,
    // Of what is in node_modules, bundlers say nothing of the kind.
    logOverride: { "ignored-bare-import": "silent" },
  } as const;
  const { outputFiles } = await build({ ...input, ...options });
  return outputFiles[0]?.text ?? "";
}
