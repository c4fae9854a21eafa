import { spawn } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** A reason to stop that the reader can act on: one line, no stack. */
export class Failure extends Error {}

const windows = process.platform === "win32";

/** Every child leads a process group of its own, so that a signal to it reaches what it started too. */
const running = new Set();

/** @param {NodeJS.Signals} signal */
function signalGroup(child, signal) {
  if (windows) {
    spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore" });
    return true;
  }
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false; // Nobody is left in the group.
  }
}

async function endGroup(child) {
  const deadline = Date.now() + 5_000;
  signalGroup(child, "SIGTERM");
  while (!windows && signalGroup(child, 0)) {
    if (Date.now() > deadline) return signalGroup(child, "SIGKILL");
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

let stopping = false;

async function stop(number) {
  stopping = true;
  await Promise.all([...running].map(endGroup));
  process.exit(128 + number);
}

for (const [signal, number] of Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 })) {
  process.once(signal, () => stop(number));
}

// npm hands a SIGTERM to the shell between it and us, which dies of it without a word.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop(15);
  }, 200);
  watch.unref();
}

/**
 * Runs a command to its end and resolves with its exit code and, if `quiet`, what it printed; otherwise its output
 * streams to ours. Rejects only if the command cannot be started.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, quiet?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, { cwd = root, env = {}, quiet = false } = {}) {
  return new Promise((done, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
      detached: !windows,
      // npx is a .cmd file there, which only a shell can start.
      shell: windows && command !== process.execPath,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    running.add(child);
    child.once("error", (error) => {
      running.delete(child);
      reject(new Failure(`${command} cannot be started: ${error.message}`));
    });
    child.once("exit", (code) => {
      // The rest of the group gets the time that `stop` gives it, and nothing new is begun.
      if (stopping) return;
      // What the command left behind would hold our output open, and outlive us.
      signalGroup(child, "SIGKILL");
      running.delete(child);
      const finish = () => done({ code: code ?? 1, output });
      if (quiet) child.once("close", finish);
      else finish();
    });
  });
}

/** Like `run`, silent if all goes well: otherwise prints what the command said and throws `what failed`. */
export async function runQuietly(what, command, args, options) {
  const { code, output } = await run(command, args, { ...options, quiet: true });
  if (code === 0) return output;
  process.stderr.write(output);
  throw new Failure(`${what} failed (exit code ${code}); its output is above.`);
}

/** Runs a script's main function; a Failure ends it with its message, anything else with its stack. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    console.error(error instanceof Failure ? `cignal: ${error.message}` : error);
    process.exitCode = 1;
  }
}
