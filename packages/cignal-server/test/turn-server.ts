import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { eventually } from "./eventually.js";

const HOST = "127.0.0.1";

/** `npm test` says where coturn is; else it is looked for as any command. */
const turnserver = process.env["TURNSERVER"] ?? "turnserver";

/**
 * A real coturn on a free port that shares `secret` with whoever mints credentials, ended with the test.
 *
 * @returns its `turn:` URL
 */
export async function startTurnServer(secret: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cignal-turn-"));
  const port = await freePort();
  const options = [
    ["--listening-ip", HOST],
    ["--relay-ip", HOST],
    ["--listening-port", String(port)],
    ["--realm", "cignal"],
    ["--static-auth-secret", secret],
    ["--relay-threads", "1"],
    ["--log-file", "stdout"],
    ["--pidfile", join(folder, "pid")],
    ["--userdb", join(folder, "db")],
  ];
  const flags = [
    "-n",
    "--use-auth-secret",
    "--no-cli",
    "--no-tls",
    "--no-dtls",
    "--simple-log",
    "-v",
  ];
  const child = spawn(
    turnserver,
    [...flags, "--fingerprint", "--allow-loopback-peers", ...options.flat()],
    { cwd: folder, stdio: ["ignore", "pipe", "ignore"] },
  );
  onTestFinished(async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  });
  let log = "";
  child.stdout.on("data", (text) => {
    log += text;
  });
  await once(child, "spawn");
  await eventually(() => {
    if (!log.includes(`IPv4. UDP listener opened on: ${HOST}:${port}`)) {
      throw new Error(`coturn does not listen yet: ${log}`);
    }
  });
  return `turn:${HOST}:${port}`;
}

/** Whether a TURN server lets somebody with these credentials relay. */
export async function canRelay(
  url: string,
  { username = "", credential = "" }: { username?: string; credential?: string },
): Promise<boolean> {
  const [, host = "", port = ""] = url.split(":");
  // One message from one client to another one, both over the relay.
  const args = ["-u", username, "-w", credential, "-p", port, "-y", "-c", "-n", "1", "-m", "1"];
  const child = execFile(clientOf(turnserver), [...args, host]);
  let output = "";
  child.stdout?.on("data", (text) => {
    output += text;
  });
  onTestFinished(() => end(child));
  const [code] = await once(child, "close");
  if (code === 0) return true;
  // Whatever else goes wrong must not count as a refusal.
  if (/Cannot complete Allocation|error 4\d\d/.test(output)) return false;
  throw new Error(`turnutils_uclient ended with ${code}: ${output}`);
}

const clientOf = (server: string) =>
  server.includes("/") ? join(dirname(server), "turnutils_uclient") : "turnutils_uclient";

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, HOST);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
