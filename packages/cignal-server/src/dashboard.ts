import { readFile } from "node:fs/promises";

/** A page for operators, by the path of each of its files. It asks for the token itself, and has nothing to tell without. */
export type Dashboard = ReadonlyMap<string, { readonly type: string; readonly body: string }>;

const FILES = [
  ["/dashboard", "index.html", "text/html"],
  ["/dashboard/style.css", "style.css", "text/css"],
  ["/dashboard/main.js", "main.js", "text/javascript"],
  ["/dashboard/view.js", "view.js", "text/javascript"],
  ["/dashboard/chart.js", "chart.js", "text/javascript"],
] as const;

/** Reads the files of the dashboard, for the option `dashboard` of `operatorListener`. */
export async function loadDashboard(): Promise<Dashboard> {
  const folder = new URL("../dashboard/", import.meta.url);
  const entries = FILES.map(async ([path, file, type]) => {
    const body = await readFile(new URL(file, folder), "utf8");
    return [path, { type: `${type}; charset=utf-8`, body }] as const;
  });
  return new Map(await Promise.all(entries));
}
