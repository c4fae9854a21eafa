import { execFile, type StdioOptions, spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Service } from "./service.js";

const PREFIX = "cignal-lab-";

const exec = promisify(execFile);

async function sh(script: string, ...words: string[]): Promise<string> {
  const { stdout } = await exec("/bin/sh", ["-euc", script, "sh", ...words]);
  return stdout;
}

/** A folder for the files of something that runs in the lab. */
export function makeFolder(role: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-${role}-`));
}

/** Removes what processes have left behind that were killed before they could clean up. */
export async function removeLeftovers(): Promise<void> {
  const left = (name: string) => {
    const [, owner] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    return owner !== undefined && !isAlive(Number(owner));
  };
  const namespaces = (await sh("ip netns list")).split(/\s/);
  for (const name of namespaces.filter(left)) await removeNamespace(name);
  for (const name of (await readdir(tmpdir())).filter(left)) {
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** A network namespace: a machine with a network of its own, as far as the processes in it can tell. */
export class Namespace {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async create(role: string): Promise<Namespace> {
    const namespace = new Namespace(`${PREFIX}${process.pid}-${role}`);
    await sh('ip netns add "$1"', namespace.name);
    await namespace.sh(`
      ip link set lo up
      cd /proc/sys/net
      for which in all default; do
        echo 1 > ipv6/conf/$which/disable_ipv6
        echo 0 > ipv4/conf/$which/send_redirects
      done`);
    return namespace;
  }

  sh(script: string): Promise<string> {
    return sh('exec ip netns exec "$1" /bin/sh -euc "$2"', this.name, script);
  }

  /** Starts a process here. Its id is the command's own: `ip netns exec` makes way for it. */
  start(
    command: string,
    args: string[],
    env: NodeJS.ProcessEnv = {},
    stdin: "ignore" | "pipe" = "ignore",
  ) {
    const stdio: StdioOptions = [stdin, "pipe", "pipe"];
    const all = ["netns", "exec", this.name, command, ...args];
    return new Service(command, spawn("ip", all, { env: { ...process.env, ...env }, stdio }));
  }

  /** Connects this namespace with another one; each end has the name that its side gives it. */
  async connect(own: string, to: Namespace, theirs: string): Promise<void> {
    await sh(
      'ip -n "$1" link add "$2" type veth peer name "$4" netns "$3"; ip -n "$1" link set "$2" up; ip -n "$3" link set "$4" up',
      this.name,
      own,
      to.name,
      theirs,
    );
  }

  /** Ends whatever still runs here, and the namespace with its interfaces. */
  remove(): Promise<void> {
    return removeNamespace(this.name);
  }
}

async function removeNamespace(name: string): Promise<void> {
  for (const pid of (await sh('ip netns pids "$1"', name)).split("\n").filter(Boolean)) {
    kill(Number(pid));
  }
  await sh('ip netns del "$1"', name);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended since it was listed.
  }
}
