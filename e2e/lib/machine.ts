import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type Nginx, startNginx } from "@cignal/services";
import { TURNSERVER } from "./turnserver.js";

const repository = join(import.meta.dirname, "../..");

/** What a test does not do to the machine that it runs on: the command notes that it was asked. */
const note = 'echo "$(basename "$0") $*" >> "$ROOT/asked"';

const stubs: Record<string, string> = {
  ...Object.fromEntries(["apt-get", "systemctl", "nginx", "podman"].map((name) => [name, note])),
  sudo: 'exec "$@"',
  // Only root may give files away.
  install:
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is one of bash.
    'args=(); while [ $# -gt 0 ]; do if [ "$1" = -g ]; then shift; else args+=("$1"); fi; shift; done; exec /usr/bin/install "${args[@]}"',
  npx: `case "$*" in "--yes pnpm@10 install "*|"--yes pm2@7 "*) ${note} ;; *) exec "$NPX" "$@" ;; esac`,
  certbot: [
    note,
    'export RENEWED_LINEAGE="$ROOT/etc/letsencrypt/live/$DOMAIN"',
    'mkdir -p "$RENEWED_LINEAGE"',
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj "/CN=$DOMAIN" -addext "subjectAltName=DNS:$DOMAIN" -keyout "$RENEWED_LINEAGE/privkey.pem" -out "$RENEWED_LINEAGE/fullchain.pem" 2> /dev/null',
    'for hook; do :; done; sed "s#/etc/coturn#$ROOT/etc/coturn#" "$hook" | sh',
  ].join("\n"),
};

const names = ["http", "https", "server", "operators", "turn", "turns"] as const;
type Ports = Record<(typeof names)[number], number>;

/** A folder for /etc, /opt and /var, and ports of its own, on which what docs/deploy.md sets up runs. */
export class Machine {
  readonly domain = "calls.example.org";
  readonly root: string;
  readonly ports: Ports;
  readonly #running: ChildProcess[] = [];
  #nginx: Nginx | undefined;

  private constructor(root: string, ports: Ports) {
    this.root = root;
    this.ports = ports;
  }

  static async create(): Promise<Machine> {
    const root = await mkdtemp(join(tmpdir(), "cignal-machine-"));
    const ports: Partial<Ports> = {};
    for (const name of names) ports[name] = await freePort();
    const machine = new Machine(root, ports as Ports);
    const folders = ["bin", "clone/examples", "etc/nginx/sites-enabled", "etc/systemd/system"];
    for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
    for (const [name, script] of Object.entries(stubs)) {
      await writeFile(join(root, "bin", name), `#!/bin/bash\nset -eu\n${script}\n`);
      await chmod(join(root, "bin", name), 0o755);
    }
    for (const part of ["packages", "scripts", "node_modules"]) {
      await symlink(join(repository, part), join(root, "clone", part));
    }
    const deploy = join(root, "clone/examples/deploy");
    await cp(join(repository, "examples/deploy"), deploy, { recursive: true });
    const toHere = `connect-to = "${machine.domain}:443:127.0.0.1:${machine.ports.https}"`;
    await writeFile(join(root, ".curlrc"), `insecure\nsilent\n${toHere}\n`);
    return machine;
  }

  get url(): string {
    return `https://${this.domain}:${this.ports.https}`;
  }

  /** Runs a block of commands to its end, and returns what it printed. */
  async run(block: string): Promise<string> {
    const { root, domain } = this;
    const script = block
      .replaceAll(/(?<=[ =])\/(etc|opt|var)\//g, `${root}/$1/`)
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${this.ports.server}`)
      .replaceAll("127.0.0.1:9090", `127.0.0.1:${this.ports.operators}`);
    const env = {
      ...process.env,
      PATH: `${join(root, "bin")}:${process.env["PATH"]}`,
      ...{ ROOT: root, DOMAIN: domain, NPX: await which("npx"), CURL_HOME: root },
      npm_config_prefer_offline: "true",
      npm_config_fund: "false",
    };
    const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd: join(root, "clone"),
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = listen(child);
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`${script}\n${said()}`);
    return said();
  }

  /** The commands that a test does not run for real, in order. */
  async asked(): Promise<string[]> {
    const text = await this.read("asked");
    return text.replaceAll(this.root, "").trimEnd().split("\n");
  }

  read(path: string): Promise<string> {
    return readFile(join(this.root, path), "utf8");
  }

  async startNginx(): Promise<void> {
    const { http, https, server } = this.ports;
    const config = this.#here(await this.read("etc/nginx/sites-enabled/cignal.conf"))
      .replace("listen 80;", "listen 127.0.0.1:HTTP;")
      .replace("listen 443 ", `listen 127.0.0.1:${https} `)
      .replace("127.0.0.1:8080", `127.0.0.1:${server}`);
    this.#nginx = await startNginx((port) => {
      this.ports.http = port || http;
      return config.replace("127.0.0.1:HTTP", `127.0.0.1:${port}`);
    });
  }

  /** All is on this machine in a test, so that it has to relay to it. */
  async startCoturn(): Promise<void> {
    const { turn, turns } = this.ports;
    const config = this.#here(await this.read("etc/turnserver.conf"))
      .replace("listening-port=3478", `listening-port=${turn}`)
      .replace("tls-listening-port=5349", `tls-listening-port=${turns}`)
      .replace("denied-peer-ip=127.0.0.0-127.255.255.255\n", "allow-loopback-peers\n")
      .replace("syslog", "log-file=stdout\nlistening-ip=127.0.0.1");
    const file = join(this.root, "turnserver.conf");
    await writeFile(file, config);
    const own = ["--userdb", join(this.root, "turndb"), "--pidfile", join(this.root, "turn.pid")];
    const child = this.#start(TURNSERVER, ["-c", file, ...own], {});
    await said(child, "Relay ports initialization done");
  }

  /** As systemd would: what the unit says, with the settings of its file. */
  async startServer(): Promise<ChildProcess> {
    const unit = await this.read("etc/systemd/system/cignal-server.service");
    const [, command = ""] = /^ExecStart=\/usr\/bin\/node (.+)$/m.exec(unit) ?? [];
    const [, file = ""] = /^EnvironmentFile=(.+)$/m.exec(unit) ?? [];
    const { turn, turns, server, operators, https } = this.ports;
    const text = (await this.read(file))
      .replaceAll(":3478", `:${turn}`)
      .replaceAll(":5349", `:${turns}`)
      .replace("PORT=8080", `PORT=${server}`)
      .replace("OPERATOR_PORT=9090", `OPERATOR_PORT=${operators}`)
      .replace(/^ALLOWED_ORIGINS=\S+/m, `$&:${https}`);
    const lines = [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    const child = this.#start(process.execPath, [this.#here(command)], {
      NODE_ENV: "production",
      ...Object.fromEntries(lines),
    });
    await said(child, "Cignal server: ");
    return child;
  }

  async remove(): Promise<void> {
    for (const child of this.#running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "close");
    }
    await this.#nginx?.[Symbol.asyncDispose]();
    await rm(this.root, { recursive: true, force: true });
  }

  #here(text: string): string {
    return text.replaceAll(/(?<![\w.])\/(etc|opt|var)\//g, `${this.root}/$1/`);
  }

  #start(command: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(command, args, {
      cwd: this.root,
      env: { PATH: process.env["PATH"], ...env },
    });
    this.#running.push(child);
    return child;
  }
}

function listen(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      text += chunk;
    });
  }
  return () => text;
}

/** Resolves when a process has said something. */
async function said(child: ChildProcess, expected: string): Promise<void> {
  const text = listen(child);
  const ended = once(child, "close").then(() => {
    throw new Error(`ended: ${text()}`);
  });
  ended.catch(() => {});
  while (!text().includes(expected)) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
}

async function which(command: string): Promise<string> {
  const child = spawn("bash", ["-c", `command -v ${command}`]);
  const text = listen(child);
  await once(child, "close");
  return text().trim();
}
