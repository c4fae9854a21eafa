import { readFileSync } from "node:fs";
import type { Content } from "./server.js";

const folder = new URL("../pages/readme-sample/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

/**
 * The README's sample is a module (it imports), and has comments like `<!-- this -->`, which a module may not have.
 * These lines are taken out, and one at the end lets the page's buttons have the sample's `cignal`; all others stay.
 */
const sample = read("index.js.txt").replaceAll(/^\s*<!--.*-->\n/gm, "");

const module = (body: string): Content => ({ type: "text/javascript", body });

/** The sample's page, with what it imports. */
export const readmeSample: Record<string, Content> = {
  "/": { type: "text/html", body: read("index.html") },
  "/index.js": module(`${sample}\nexport const room = () => cignal;\n`),
  "/lib/Cignal.js": module("export const { Cignal } = globalThis;"),
  "/utils/getUrlVars.js": module("export const { getUrlParam } = globalThis.Cignal;"),
  "/lib/Logger.js": module(`
    export class Logger {
      constructor(name) { this.name = name; }
      debug(...line) { console.debug(this.name, ...line); }
    }`),
};
