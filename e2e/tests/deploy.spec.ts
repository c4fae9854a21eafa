import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Machine } from "../lib/machine.js";
import { expectAudio, expectFrames } from "../lib/media.js";
import { expect, test } from "../lib/test.js";

const repository = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const require = createRequire(import.meta.url);

const page = read("docs/deploy.md");
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
const [NAME, INSTALL, SET_UP, CERTIFICATE, START, ASK, UPDATE, PM2, CONTAINER] = blocks;

/** Where `calls.example.org` is, and who signed its certificate, is for the test to say. */
const flags = [
  "--host-resolver-rules=MAP calls.example.org 127.0.0.1",
  "--allow-loopback-in-peer-connection",
  "--ignore-certificate-errors",
];

test("the commands of docs/deploy.md set up a machine on which two people call each other, over coturn, and go on when the server is replaced", async ({
  launch,
  openCall,
}) => {
  test.setTimeout(180_000);
  expect(blocks).toHaveLength(9);
  expect(NAME).toBe("export DOMAIN=calls.example.org\n");
  const machine = await Machine.create();
  try {
    for (const block of [INSTALL, SET_UP, CERTIFICATE, START]) await machine.run(block ?? "");
    await expectSecrets(machine);
    await Promise.all([machine.startCoturn(), machine.startNginx()]);
    const server = await machine.startServer();
    const script = readFileSync(require.resolve("cignal-client/script"));
    await writeFile(join(machine.root, "var/www/calls/cignal.min.js"), script);
    const html = '<!doctype html><title>Calls</title><script src="/cignal.min.js"></script>';
    await writeFile(join(machine.root, "var/www/calls/index.html"), html);

    const answers = await machine.run(ASK ?? "");
    expect(answers).toContain("open\n");
    expect(answers).toContain("cignal_rooms 0\n");
    expect(answers).toContain('"upgrades":["websocket"]');
    const plain = await fetch(`http://127.0.0.1:${machine.ports.http}/a`, { redirect: "manual" });
    expect(plain.status).toBe(301);

    const browser = await launch((given) => [...given, ...flags]);
    const pair = await openCall({ iceTransportPolicy: "relay" }, { browser, url: machine.url });
    const pages = pair.map((peer) => peer.page);
    await expectAudio(...pages);
    for (const { page } of pair) {
      expect(
        await page.evaluate(() => Reflect.get(cignal.socket.io, "engine").transport.name),
      ).toBe("websocket");
      expect(await relayed(page)).toBe(true);
    }

    server.kill("SIGTERM");
    expect((await once(server, "close"))[0]).toBe(0);
    await machine.startServer();
    await expect.poll(() => machine.run(ASK ?? "")).toContain("cignal_peers 2\n");
    for (const peer of pair) {
      expect(await peer.events("reconnecting")).toEqual([]);
      expect(await peer.events("peerHangUp")).toEqual([]);
    }
    await expectFrames(...pages);

    for (const block of [UPDATE, PM2, CONTAINER]) await machine.run(block ?? "");
    const asked = await machine.asked();
    for (const command of [
      "apt-get install -y nginx coturn certbot",
      "systemctl enable --now cignal-server",
      "systemctl try-reload-or-restart nginx",
      "npx --yes pm2@7 start /opt/cignal/ecosystem.config.cjs",
      "podman build --tag cignal-server examples/deploy",
    ]) {
      expect(asked).toContain(command);
    }
  } finally {
    await machine.remove();
  }
});

/** Two of them, which no other file has, and which nobody but the two servers may read. */
async function expectSecrets(machine: Machine): Promise<void> {
  const settings = await machine.read("etc/cignal/cignal.env");
  const [, secret = ""] = /^TURN_SECRET=([0-9a-f]{64})$/m.exec(settings) ?? [];
  expect(secret).not.toBe("");
  expect(settings).toMatch(/^OPERATOR_TOKEN=[0-9a-f]{48}$/m);
  expect(await machine.read("etc/turnserver.conf")).toContain(`static-auth-secret=${secret}\n`);
  for (const file of ["etc/cignal/cignal.env", "etc/turnserver.conf", "etc/coturn/privkey.pem"]) {
    expect(statSync(join(machine.root, file)).mode & 0o007, file).toBe(0);
  }
}

/** Whether what the page sends goes through a TURN server, by the browser's own word. */
function relayed(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const [pc] = lab.connections;
    const report = new Map(await pc?.getStats());
    const transport = [...report.values()].find(({ type }) => type === "transport");
    const pair = report.get(transport?.selectedCandidatePairId);
    return report.get(pair?.localCandidateId)?.candidateType === "relay";
  });
}

test("the systemd unit is right, and leaves the server few rights", () => {
  const unit = join(repository, "examples/deploy/cignal-server.service");
  const isHere = spawnSync("systemd-analyze", ["--version"]).status === 0;
  test.skip(!isHere && !process.env["CI"], "there is no systemd here");
  // Where Node is elsewhere, all the rest is still to be right.
  const verified = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  expect(verified.stderr.replaceAll(/.*Command \/usr\/bin\/node is not executable.*\n/g, "")).toBe(
    "",
  );
  const rated = spawnSync("systemd-analyze", ["security", "--offline=true", unit], {
    encoding: "utf8",
  });
  const [, exposure = "10"] = /Overall exposure level for \S+: ([\d.]+)/.exec(rated.stdout) ?? [];
  expect(Number(exposure)).toBeLessThan(2);
});

test("pm2 and the container run the file of the package that systemd runs, with the same settings", () => {
  const unit = read("examples/deploy/cignal-server.service");
  const { apps } = require(join(repository, "examples/deploy/ecosystem.config.cjs"));
  const [app] = apps;
  expect(apps).toHaveLength(1);
  expect(unit).toContain(`ExecStart=/usr/bin/node ${app.cwd}/${app.script}\n`);
  expect(unit).toContain(`EnvironmentFile=${app.node_args[0].replace("--env-file=", "")}\n`);
  expect(unit).toContain(`TimeoutStopSec=${app.kill_timeout / 1_000}\n`);
  expect(app.instances).toBe(1);

  const file = read("examples/deploy/Containerfile");
  const said = (instruction: string) =>
    [...file.matchAll(new RegExp(`^${instruction} (.+)$`, "gm"))].map(([, rest = ""]) => rest);
  expect(JSON.parse(said("CMD")[0] ?? "")).toEqual(["node", app.script]);
  expect(said("WORKDIR")).toEqual([app.cwd, app.cwd]);
  expect(said("USER")).toEqual(["node"]);
  expect(said("FROM").map((from) => from.split(" ")[0])).toEqual([
    "docker.io/library/node:22-slim",
    "docker.io/library/node:22-slim",
  ]);
  // What it copies is what the page packs, and what it installs is what the page installs.
  const { version } = JSON.parse(read("packages/cignal-server/package.json"));
  const tarball = `cignal-server-${version}.tgz`;
  expect(said("COPY")).toEqual([
    `${tarball} ./`,
    "--from=install /opt/cignal/node_modules ./node_modules",
  ]);
  expect(INSTALL).toContain(`examples/deploy/${tarball} `);
  const [installed = ""] = /socket\.io@\S+ prom-client@\S+/.exec(INSTALL ?? "") ?? [];
  expect(installed).not.toBe("");
  expect(said("RUN")[0]).toContain(`./${tarball} ${installed}`);
  expect(UPDATE).toContain(installed);
});

test("the container is healthy as long as the server is", async () => {
  const [, check = "[]"] =
    /^HEALTHCHECK .* CMD (\[.+\])$/m.exec(read("examples/deploy/Containerfile")) ?? [];
  const [command, ...args] = JSON.parse(check);
  const answer = (status: number) =>
    createServer((_, response) => response.writeHead(status).end()).listen(0, "127.0.0.1");
  const exitCode = async (server: Server) => {
    const { port } = server.address() as AddressInfo;
    const child = spawn(command, args, { env: { ...process.env, PORT: String(port) } });
    const [code] = await once(child, "close");
    server.close();
    return code;
  };
  for (const [status, code] of [
    [200, 0],
    [503, 1],
  ] as const) {
    const server = answer(status);
    await once(server, "listening");
    expect(await exitCode(server)).toBe(code);
  }
});
