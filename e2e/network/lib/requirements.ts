import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const commands = ["ip", "iptables", "turnserver", "python3"];

/** Why there can be no lab here, and what to do about it; undefined if there can. */
export function whyNoLab(): string | undefined {
  if (process.platform !== "linux") return "The network lab needs Linux's network namespaces.";
  if (process.getuid?.() !== 0) return "The network lab needs root: run the tests as root.";
  if (spawnSync("unshare", ["--net", "true"]).status !== 0 || !existsSync("/dev/net/tun")) {
    return "The network lab may not make networks here: run the container with --privileged.";
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const missing = commands.filter(
    (command) => !folders.some((folder) => existsSync(join(folder, command))),
  );
  if (missing.length === 0) return undefined;
  return `The network lab needs ${missing.join(", ")}: \`npm test\` as root installs what is missing.`;
}
