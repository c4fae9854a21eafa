import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pnpm } from "./install.mjs";
import { root, runQuietly } from "./run.mjs";

/** What is built, in this order, and from what besides its own folder. */
const targets = [
  { name: "cignal-server", folder: "packages/cignal-server", uses: ["packages/protocol"] },
  { name: "cignal-client", folder: "packages/cignal-client", uses: ["packages/protocol"] },
  {
    name: "example-meeting",
    folder: "examples/meeting",
    uses: ["packages/cignal-server", "packages/cignal-client", "packages/protocol"],
  },
  {
    name: "example-vanilla",
    folder: "examples/vanilla",
    uses: ["packages/cignal-server", "packages/cignal-client", "packages/protocol"],
  },
];

const notSource = new Set(["node_modules", "dist", "test-results"]);

/** When anything below a folder last changed. Folders count, because deleting a file changes only them. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (notSource.has(entry.name)) continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, statSync(path).mtimeMs);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
  }
  return latest;
}

/** Its time is when the last good build began: a build that failed half-way leaves a dist, but not this. */
const stampOf = (name) => join(root, "node_modules/.cache/cignal/built", name);

function isStale({ name, folder, uses }) {
  if (!existsSync(stampOf(name)) || !existsSync(join(root, folder, "dist"))) return true;
  const built = statSync(stampOf(name)).mtimeMs;
  const lockFile = statSync(join(root, "pnpm-lock.yaml")).mtimeMs;
  return Math.max(lockFile, ...[folder, ...uses].map((path) => newest(join(root, path)))) > built;
}

/** Builds what changed since its last build, of the named targets or of all. */
export async function build(...wanted) {
  const stale = targets.filter(
    (target) => (wanted.length === 0 || wanted.includes(target.name)) && isStale(target),
  );
  if (stale.length === 0) return;
  const names = stale.map(({ name }) => name);
  console.log(`Building ${names.join(", ")}…`);
  const began = new Date();
  await runQuietly("The build", ...pnpm(...names.flatMap((name) => ["--filter", name]), "build"));
  for (const stamp of names.map(stampOf)) {
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, "");
    utimesSync(stamp, began, began);
  }
}
