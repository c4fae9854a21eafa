import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const inside = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)
    : [];

/** The folders of the repository that hold the given file, relative to the root; the scripts count as one. */
export function foldersWith(file) {
  return [...inside("packages"), ...inside("examples"), "e2e", "bench", "scripts"].filter(
    (folder) => existsSync(join(root, folder, file)),
  );
}
