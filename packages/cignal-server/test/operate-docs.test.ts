import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect, join } from "./client.js";
import { eventually } from "./eventually.js";
import { parsePrometheusText } from "./prometheus-text.js";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The blocks of commands in docs/operate.md, in order. */
const page = await readFile(pathOf("../../../docs/operate.md"), "utf8");
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
const [START, ASK, START_PRIVATE, ASK_PRIVATE, TUNNEL, ASK_PAGE, ASK_HISTORY, ...others] = blocks;
const [START_DRAINING, KILL, START_LOUD, CHANGE_LEVEL] = others;

const tsx = ["--import", import.meta.resolve("tsx")];
const TOKEN = "0123456789abcdef";

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const address = server.address();
  server.close();
  return address instanceof Object ? address.port : 0;
}

/** A shell that runs blocks of the page on free ports, `npx cignal-server` being the server of this repository. */
async function openShell() {
  const [port, operatorPort] = [await freePort(), await freePort()];
  const cli = [process.execPath, ...tsx, pathOf("../src/cli.ts")].join(" ");
  const url = `http://localhost:${port}`;
  const run = (block = "", more: Record<string, string> = {}) => {
    const script = block
      .replaceAll("npx cignal-server", `exec ${cli}`)
      .replaceAll("8080", String(port))
      .replaceAll("9090", String(operatorPort))
      .replaceAll(/(\w+=\w+) exec/g, "export $1; exec");
    const env = { PATH: process.env["PATH"], PORT: String(port), HOST: "localhost", ...more };
    const child = spawn("bash", ["-euc", script], { cwd: tmpdir(), env });
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
  };
  return {
    url,
    /** Resolves when it has ended well. */
    async execute(block = "", more: Record<string, string> = {}): Promise<string> {
      const { child, output } = run(block, more);
      expect(await ended(child), output()).toBe(0);
      return output();
    },
    /** Resolves when the server listens. */
    async serve(block = "", more: Record<string, string> = {}) {
      const started = run(block, more);
      await eventually(async () => {
        expect((await fetch(`${url}/healthz`)).ok, started.output()).toBe(true);
      });
      return started;
    },
  };
}

async function ended(child: ChildProcess): Promise<number> {
  const [code] = await once(child, "close");
  return code;
}

// Each test starts processes that compile the source first.
describe("docs/operate.md", { timeout: 60_000 }, () => {
  it("has no command that is not run here", () => {
    expect(blocks).toHaveLength(11);
    for (const block of [START, START_PRIVATE, START_DRAINING, START_LOUD]) {
      expect(block).toMatch(/npx cignal-server\n$/);
    }
    for (const block of [ASK, ASK_PRIVATE, ASK_PAGE, ASK_HISTORY, CHANGE_LEVEL])
      expect(block).toMatch(/^(curl .+\n)+$/);
    // Where it leads to is what a test of the operators' port asks (ASK_PRIVATE).
    expect(TUNNEL).toBe("ssh -N -L 9090:127.0.0.1:9090 calls.example.org\n");
    expect(KILL).toMatch(/^kill .+\n$/);
  });

  it("shows how to ask, and ask for a page, behind a token", async () => {
    const shell = await openShell();
    // The one that the page makes is known to nobody else.
    expect(START).toContain("openssl rand -hex 24");
    await shell.serve(START?.replace("$(openssl rand -hex 24)", TOKEN));
    await join(shell.url, "team", "a");
    const answers = await shell.execute(ASK, { OPERATOR_TOKEN: TOKEN });
    expect(answers).toContain("alive\n");
    expect(answers).toContain("open\n");
    expect(answers).toContain("cignal_rooms 1\n");
    expect(answers).toContain('{"rooms":[{"id":"team"');
    expect(await shell.execute(ASK_PAGE, { OPERATOR_TOKEN: TOKEN })).toContain('"id":"team"');
    expect(await shell.execute(CHANGE_LEVEL, { OPERATOR_TOKEN: TOKEN })).toContain(
      '"rooms":"debug"',
    );
    expect(await shell.execute(ASK_HISTORY, { OPERATOR_TOKEN: TOKEN })).toContain(
      '"event":"joined"',
    );
  });

  it("makes a token that the server takes", async () => {
    const shell = await openShell();
    await shell.serve(START);
    expect((await fetch(`${shell.url}/rooms`)).status).toBe(401);
  });

  it("shows how to have a port for operators", async () => {
    const shell = await openShell();
    await shell.serve(START_PRIVATE);
    expect(await shell.execute(ASK_PRIVATE)).toContain("cignal_rooms 0\n");
  });

  it("shows how to end a server, and to see more of what it does", async () => {
    const shell = await openShell();
    const { child } = await shell.serve(START_DRAINING);
    const { client } = await join(shell.url, "r", "a");
    await shell.execute(KILL, { PID: String(child.pid) });
    await eventually(async () => {
      expect((await fetch(`${shell.url}/readyz`)).status).toBe(503);
    });
    await client.request("leave", {});
    expect(await ended(child)).toBe(0);

    const { output } = await shell.serve(START_LOUD);
    await connect(shell.url, { roomId: "" }).next("refused");
    await eventually(() => expect(output()).toContain('"level":"debug"'));
  });

  it("shows how to do so in one's own server", async () => {
    const folder = await mkdtemp(joinPath(tmpdir(), "cignal-"));
    const tsconfig = joinPath(folder, "tsconfig.json");
    const paths = {
      "cignal-server": [pathOf("../src/index.ts")],
      "cignal-server/metrics": [pathOf("../src/metrics.ts")],
    };
    await writeFile(tsconfig, JSON.stringify({ compilerOptions: { paths, allowJs: true } }));
    const shell = await openShell();
    await shell.serve(`exec ${process.execPath} ${tsx.join(" ")} ${pathOf("./docs/operate.js")}`, {
      TSX_TSCONFIG_PATH: tsconfig,
      OPERATOR_TOKEN: TOKEN,
    });
    await join(shell.url, "team", "a");
    const authorized = { headers: { Authorization: `Bearer ${TOKEN}` } };
    const metrics = await (await fetch(`${shell.url}/metrics`, authorized)).text();
    expect(parsePrometheusText(metrics).values.get("cignal_peers")).toBe(1);
    expect((await fetch(`${shell.url}/rooms`)).status).toBe(401);
    expect(await (await fetch(shell.url)).text()).toBe("the pages of your app");
  });
});
