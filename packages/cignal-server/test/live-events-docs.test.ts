import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, startRabbitMQ } from "@cignal/services";
import { expect, it, onTestFinished, vi } from "vitest";
import { join } from "./client.js";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const page = await readFile(pathOf("../../../docs/live-events.md"), "utf8");

const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 40_000, interval: 20 });

/** Runs a program of the page with the packages of this repository. */
async function startSample(name: string, env: Record<string, string>) {
  const folder = await mkdtemp(joinPath(tmpdir(), "cignal-"));
  const tsconfig = joinPath(folder, "tsconfig.json");
  const paths = {
    "cignal-server": [pathOf("../src/index.ts")],
    "cignal-server/*": [pathOf("../src/*.ts")],
  };
  await writeFile(tsconfig, JSON.stringify({ compilerOptions: { paths, allowJs: true } }));
  const args = ["--import", import.meta.resolve("tsx"), pathOf(`./docs/${name}`)];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], TSX_TSCONFIG_PATH: tsconfig, ...env },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

it("docs/live-events.md shows servers that publish, consume and receive", async () => {
  const broker = await startRabbitMQ();
  onTestFinished(() => broker[Symbol.asyncDispose]());
  const [, command = ""] = /```sh\n(echo .+)\n```/.exec(page) ?? [];
  const echo = await promisify(execFile)("bash", ["-c", command]);
  const [port, hookPort] = [`${await freePort()}`, `${await freePort()}`];
  const env = {
    RABBITMQ_URL: broker.url,
    WEBHOOK_URL: `http://127.0.0.1:${hookPort}/live-events`,
    WEBHOOK_SECRET: echo.stdout.trim(),
  };
  const consumer = await startSample("consume-rabbitmq.js", env);
  const receiver = await startSample("receive-webhook.js", { ...env, PORT: hookPort });
  const { child, output } = await startSample("live-events.js", { ...env, PORT: port });
  const url = `http://127.0.0.1:${port}`;
  await soon(async () => expect((await fetch(`${url}/socket.io/`)).status, output()).toBe(400));
  const { client } = await join(url, "team", "a");
  await client.request("leave", {});
  await soon(() => expect(output()).toContain("1 in team\n"));
  for (const { output: heard } of [consumer, receiver]) {
    await soon(() => expect(heard()).toContain("room.join team 1\nroom.leave team 0\n"));
  }

  const ended = new Promise((resolve) => child.once("exit", resolve));
  await join(url, "team", "b");
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  for (const { output: heard } of [consumer, receiver]) {
    await soon(() => expect(heard().match(/room.leave team 0\n/g)).toHaveLength(2));
  }
}, 60_000);

it("docs/live-events.md has the programs as they are run", async () => {
  const samples = [
    ...page.matchAll(/<!-- packages\/cignal-server\/(\S+) -->\n\n```js\n([\s\S]+?)```/g),
  ];
  expect(samples).toHaveLength(3);
  for (const [, file = "", code] of samples) {
    expect(await readFile(pathOf(`../${file}`), "utf8")).toBe(code);
  }
});
