import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure, root, runQuietly } from "./run.mjs";

const { engines, packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The command line for pnpm in the version that package.json names, which npx fetches if it is not there. */
export const pnpm = (...args) => /** @type {const} */ (["npx", ["--yes", packageManager, ...args]]);

function checkNode() {
  const wanted = Number(/\d+/.exec(engines.node)?.[0]);
  const found = process.versions.node;
  if (Number.parseInt(found, 10) < wanted) {
    throw new Failure(
      `Node ${wanted} or newer is needed, this is Node ${found}: https://nodejs.org`,
    );
  }
}

/** pnpm writes this file at the end of each installation. */
const installed = join(root, "node_modules/.modules.yaml");

/** Brings node_modules to what the lock file says, if it may be older. */
export async function install() {
  checkNode();
  const lockFile = join(root, "pnpm-lock.yaml");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs) return;
  console.log("Installing the npm packages…");
  // CI=true: never ask whether a node_modules of another layout may be replaced.
  await runQuietly("pnpm install", ...pnpm("install", "--frozen-lockfile"), {
    env: { CI: "true" },
  });
}
