import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const client = "packages/cignal-client/src";
const server = "packages/cignal-server/src";

/** A file, what it says, and the rules that it breaks. */
const files: [path: string, source: string, ...broken: string[]][] = [
  // Cycles, of which the first file gets the blame
  [`${client}/lib/cycle-a.ts`, `import "./cycle-b.js";`, "no-cycles"],
  [`${client}/lib/cycle-b.ts`, `import "./cycle-a.js";`],
  [
    `${client}/lib/type-cycle-a.ts`,
    `import type { B } from "./type-cycle-b.js"; export type A = B;`,
    "no-cycles",
  ],
  [
    `${client}/lib/type-cycle-b.ts`,
    `import type { A } from "./type-cycle-a.js"; export type B = A;`,
  ],

  // Packages
  ["packages/protocol/src/index.ts", ""],
  ["packages/protocol/src/up.ts", `import "cignal-client";`, "protocol-imports-nothing-of-ours"],
  [`${server}/wire.ts`, `import "@cignal/protocol";`],
  [`${server}/rooms/to-client.ts`, `import "cignal-client";`, "server-never-imports-client"],
  [`${server}/to-client.test.ts`, `import "cignal-client";`, "server-never-imports-client"],
  [`${client}/wire.ts`, `import "@cignal/protocol";`],
  [`${client}/to-server.ts`, `import "cignal-server";`, "client-never-imports-server"],
  [`${client}/by-path.ts`, `import "../../protocol/src/index.js";`, "packages-by-name"],
  ["e2e/tests/call.spec.ts", `import "cignal-client"; import "cignal-server";`],
  [
    "e2e/tests/inside.spec.ts",
    `import "../../packages/cignal-client/src/lib/scope.js";`,
    "packages-by-name",
  ],

  // Tests
  ["packages/cignal-client/test/fake-browser.ts", `import "../src/cignal.js";`],
  [`${client}/media/tested.test.ts`, `import "../../test/fake-browser.js";`],
  [`${client}/media/b.ts`, `import "../../test/fake-browser.js";`, "source-never-imports-tests"],

  // The client's layers, each with all it may import, and with what it may not
  [`${client}/lib/scope.ts`, `import "../errors.js";`],
  [`${client}/errors.ts`, `import "./media/local-media.js";`, "client-layers-errors"],
  [`${client}/lib/up.ts`, `import "../browser/browser.js";`, "client-layers-lib"],
  [`${client}/browser/browser.ts`, `import "../lib/scope.js"; import "../errors.js";`],
  [`${client}/browser/up.ts`, `import type {} from "../data/chat.js";`, "client-layers-browser"],
  [`${client}/data/chat.ts`, `import "../lib/scope.js"; import "../browser/browser.js";`],
  [`${client}/data/aside.ts`, `import "../media/local-media.js";`, "client-layers-data"],
  [`${client}/media/local-media.ts`, ""],
  [`${client}/media/up.ts`, `import "../peer/peer.js";`, "client-layers-media"],
  [`${client}/signaling/up.ts`, `import "../options.js";`, "client-layers-signaling"],
  [`${client}/stats/up.ts`, `import "../peer/peer.js";`, "client-layers-stats"],
  [`${client}/peer/peer.ts`, `import "../data/chat.js"; import "../lib/scope.js";`],
  [`${client}/peer/up.ts`, `import "../cignal.js";`, "client-layers-peer", "client-entries"],
  [`${client}/playback/down.ts`, `import "../media/local-media.js";`],
  [`${client}/playback/aside.ts`, `import "../peer/peer.js";`, "client-layers-playback"],
  [`${client}/options.ts`, `import "./errors.js";`],
  [`${client}/cignal.ts`, `import "./peer/peer.js"; import "./options.js";`],
  [`${client}/index.ts`, `export * from "./cignal.js";`],
  [`${client}/script.ts`, `import "./index.js";`],
  [`${client}/call-state.ts`, `import "./cignal.js";`, "client-entries"],
  [
    `${client}/parts/inside.ts`,
    `import type {} from "../cignal.js"; import type {} from "../options.js"; import "../errors.js";`,
  ],
  [`${client}/parts/chat/index.ts`, `import "../inside.js"; import "../../lib/scope.js";`],
  [`${client}/parts/chat/core.ts`, `import "../../data/chat.js";`, "client-parts"],
  [`${client}/parts/chat/face.ts`, `import "../../cignal.js";`, "client-parts"],
  [`${client}/session.ts`, `import "./parts/chat/index.js";`, "client-core-without-parts"],
  [`${client}/node/index.ts`, `import "../cignal.js"; import "./browser.js";`],
  [`${client}/node/browser.ts`, `import "../browser/browser.js";`],
  [`${client}/node/up.ts`, `import "../cignal.js";`, "client-entries"],
  [`${client}/options-of-node.ts`, `import "./node/browser.js";`, "client-without-node"],

  // The server
  [`${server}/rooms/types.ts`, ""],
  [`${server}/rooms/clock.ts`, ""],
  [
    `${server}/rooms/room.ts`,
    `import type {} from "./types.js"; import "@cignal/protocol"; import "./room-state.js"; import "./rules/door.js";`,
  ],
  [`${server}/rooms/rules/door.ts`, `import "../room-state.js"; import "./hosts.js";`],
  [`${server}/rooms/rules/hosts.ts`, `import "../clock.js";`, "room-is-pure"],
  [`${server}/rooms/room-state.ts`, `import "./clock.js";`, "room-is-pure"],
  [`${server}/init-socket-server.ts`, `import "./wire.js";`],
  [`${server}/index.ts`, `import "./init-socket-server.js";`],
  [`${server}/standalone.ts`, `import "./init-socket-server.js";`],
  [`${server}/connection.ts`, `import "./init-socket-server.js";`, "server-entries"],
];

let house: string;
let broken: Map<string, string[]>;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

beforeAll(async () => {
  house = realpathSync(mkdtempSync(join(tmpdir(), "cignal-imports-")));
  for (const [path, source] of files) write(path, `${source}\nexport {};\n`);
  for (const [name, folder, entry] of [
    ["@cignal/protocol", "protocol", "./src/index.ts"],
    ["cignal-client", "cignal-client", "./dist/index.js"],
    ["cignal-server", "cignal-server", "./dist/index.js"],
  ] as const) {
    write(`packages/${folder}/package.json`, JSON.stringify({ name, exports: { ".": entry } }));
    if (entry.includes("dist")) write(`packages/${folder}/dist/index.js`, "");
    mkdirSync(dirname(join(house, "node_modules", name)), { recursive: true });
    symlinkSync(join(house, "packages", folder), join(house, "node_modules", name));
  }

  const cli = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const config = join(root, ".dependency-cruiser.cjs");
  // Its exit code is the number of violations only with the `err` reporters.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, "--config", config, "--output-type", "json", "packages/*/{src,test}", "e2e"],
    { cwd: house, maxBuffer: 2 ** 25 },
  );
  const { violations } = JSON.parse(stdout).summary as {
    violations: { from: string; rule: { name: string } }[];
  };
  broken = new Map();
  for (const { from, rule } of violations) {
    broken.set(from, [...(broken.get(from) ?? []), rule.name]);
  }
}, 30_000);

afterAll(() => {
  rmSync(house, { recursive: true, force: true });
});

test.each(files)("%s: %s", (path, _source, ...rules) => {
  expect(broken.get(path)?.sort() ?? []).toEqual(rules.sort());
});

test("each rule was broken at least once", () => {
  const { forbidden } = createRequire(import.meta.url)("../.dependency-cruiser.cjs") as {
    forbidden: { name: string }[];
  };
  const shown = new Set(files.flatMap(([, , ...rules]) => rules));
  expect(forbidden.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
});
