// The processes of the cluster: started with their configuration, watched, and ended together.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";

/** A reason to stop that the reader can act on: one line, no stack. */
export class Failure extends Error {}

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];

/** Where a command is, or `undefined`. */
export function find(command) {
  if (command.startsWith("/")) return existsSync(command) ? command : undefined;
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}

/** So many ports of 127.0.0.1 that nobody listens on. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** How long a process may take until it listens, and until it has ended, in milliseconds. */
const START_MS = 60_000;
const END_MS = 3_000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const isRunning = ({ child }) => child.exitCode === null && child.signalCode === null;

async function accepts(port) {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Processes that end with this one, however it ends. */
export class Processes {
  #running = [];
  #state = "open";

  /**
   * Starts a process and resolves with its id once it listens.
   *
   * @param {string} name
   * @param {{ command: string, args: string[], cwd: string, port: number, env?: Record<string, string> }} what
   */
  async start(name, { command, args, cwd, port, env = {} }) {
    // It is sent SIGTERM if this process dies, even by SIGKILL. Ctrl-C in the terminal reaches this process alone.
    const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", command, ...args], {
      cwd,
      env: { PATH: folders.join(delimiter), HOME: cwd, LANG: "C.UTF-8", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said = (said + text).slice(-4_000);
      });
    }
    const started = { name, child };
    this.#running.push(started);
    await once(child, "spawn");
    const deadline = Date.now() + START_MS;
    while (!(await accepts(port))) {
      if (!isRunning(started)) throw new Failure(`${name} has ended:\n${said}`);
      if (Date.now() > deadline) throw new Failure(`${name} does not listen:\n${said}`);
      await wait(20);
    }
    child.once("exit", (code, signal) => {
      if (this.#state === "open")
        console.log(`${name} has ended (${signal ?? `exit code ${code}`})`);
    });
    return child.pid;
  }

  /** Ends them all. */
  async end() {
    this.#state = "ended";
    await Promise.all(this.#running.splice(0).map(endGroup));
  }
}

/** What a process has started is in its group. */
async function endGroup(started) {
  const { pid } = started.child;
  if (isRunning(started)) {
    const ended = once(started.child, "exit");
    process.kill(-pid, "SIGTERM");
    await Promise.race([ended, wait(END_MS)]);
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in the group.
  }
}
