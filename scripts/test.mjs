// npm test: everything the tests need, then the tests. `npm test -- unit` runs one suite.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./lib/build.mjs";
import { install } from "./lib/install.mjs";
import { Failure, main } from "./lib/run.mjs";
import { runSuite, suites } from "./lib/suites.mjs";
import { systemPackages } from "./lib/system-packages.mjs";

await main(async () => {
  const known = Object.keys(suites);
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown) throw new Failure(`There is no suite "${unknown}", only ${known.join(" and ")}.`);
  const names = asked.length > 0 ? asked : known;

  await install();
  const env = await systemPackages(names);
  await build();
  if (names.includes("e2e"))
    console.log("The calls in real browsers take about a quarter of an hour.");

  const reports = mkdtempSync(join(tmpdir(), "cignal-test-"));
  process.once("exit", () => rmSync(reports, { recursive: true, force: true }));
  const results = [];
  for (const name of names) results.push({ name, ...(await runSuite(name, reports, env)) });

  console.log();
  for (const { name, passed, failed, skipped } of results) {
    console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  return sum("failed") > 0 ? 1 : 0;
});
