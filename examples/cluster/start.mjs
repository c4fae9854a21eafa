// Two nodes of Cignal, Redis, RabbitMQ, coturn, and nginx in front, on free ports of this machine. Ctrl-C ends everything.
import { randomBytes, randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, find, freePorts, Processes } from "./processes.mjs";

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const server = pathOf("../../packages/cignal-server/dist/cli.js");
const page = pathOf("../vanilla/dist");

/** By the Debian packages that have them. Of RabbitMQ not the script in sbin, which drops root for a user of its own. */
const commands = {
  "nginx-light": "nginx",
  "redis-server": "redis-server",
  "rabbitmq-server": "/usr/lib/rabbitmq/bin/rabbitmq-server",
  "erlang-base": "epmd",
  coturn: "turnserver",
  "util-linux": "setpriv",
};

function check() {
  const missing = Object.keys(commands).filter((name) => !find(commands[name]));
  if (missing.length > 0) {
    throw new Failure(`Missing Debian packages: sudo apt-get install ${missing.join(" ")}`);
  }
  if (!existsSync(server) || !existsSync(page)) throw new Failure("Not built yet: npm run build");
}

/** A configuration file of this folder, with what `${NAME}` stands for. */
async function fill(file, values) {
  const text = await readFile(pathOf(file), "utf8");
  return text.replaceAll(/\$\{([A-Z\d_]+)\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`${file}: nothing is known of ${name}`);
    return values[name];
  });
}

async function start(processes, folder) {
  const [NGINX_PORT, NODE_1_PORT, NODE_2_PORT, ...others] = await freePorts(10);
  const [REDIS_PORT, RABBITMQ_PORT, TURN_PORT, operators1, operators2, dist, epmd] = others;
  // Below the ports that the system gives to others.
  const RELAY_PORT = 20_000 + 100 * randomInt(100);
  const values = {
    ...{ NGINX_PORT, NODE_1_PORT, NODE_2_PORT, REDIS_PORT, RABBITMQ_PORT, TURN_PORT, RELAY_PORT },
    LAST_RELAY_PORT: RELAY_PORT + 99,
    PAGE: page,
    TURN_SECRET: randomBytes(32).toString("hex"),
    OPERATOR_TOKEN: randomBytes(24).toString("hex"),
  };

  /** A folder of its own for each, with its configuration. */
  async function prepare(name, file, more = {}) {
    const cwd = join(folder, name);
    await mkdir(cwd);
    await writeFile(join(cwd, file), await fill(file, { ...values, ...more }), { mode: 0o600 });
    return cwd;
  }

  async function startRedis() {
    const cwd = await prepare("redis", "redis.conf");
    const redis = { command: "redis-server", args: ["redis.conf"], cwd, port: REDIS_PORT };
    return processes.start("Redis", redis);
  }

  async function startRabbitMQ() {
    const cwd = await prepare("rabbitmq", "rabbitmq.conf");
    await writeFile(join(cwd, "plugins"), "[].");
    const names = ["-address", "127.0.0.1", "-port", String(epmd)];
    await processes.start("epmd", { command: "epmd", args: names, cwd, port: epmd });
    const env = {
      RABBITMQ_CONF_ENV_FILE: "/dev/null",
      RABBITMQ_CONFIG_FILE: join(cwd, "rabbitmq"),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(cwd, "plugins"),
      RABBITMQ_NODENAME: `cignal${RABBITMQ_PORT}@localhost`,
      RABBITMQ_DIST_PORT: String(dist),
      RABBITMQ_MNESIA_BASE: join(cwd, "mnesia"),
      RABBITMQ_LOG_BASE: join(cwd, "log"),
      RABBITMQ_PID_FILE: join(cwd, "pid"),
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: "127.0.0.1",
      // Then the process is the broker itself, and a signal reaches it.
      RUNNING_UNDER_SYSTEMD: "1",
    };
    const command = commands["rabbitmq-server"];
    return processes.start("RabbitMQ", { command, args: [], cwd, env, port: RABBITMQ_PORT });
  }

  async function startCoturn() {
    const cwd = await prepare("coturn", "turnserver.conf");
    const args = ["-c", "turnserver.conf"];
    return processes.start("coturn", { command: "turnserver", args, cwd, port: TURN_PORT });
  }

  async function startNode(number, port, operators) {
    const own = { PORT: port, OPERATOR_PORT: operators };
    const cwd = await prepare(`node-${number}`, "node.env", own);
    const args = ["--env-file=node.env", server];
    return processes.start(`node ${number}`, { command: process.execPath, args, cwd, port });
  }

  async function startNginx() {
    const cwd = await prepare("nginx", "nginx.conf");
    // Started by root, it would read the page as somebody else.
    const user = process.getuid() === 0 ? ["-g", "user root;"] : [];
    const args = ["-p", cwd, "-c", join(cwd, "nginx.conf"), "-e", "stderr", ...user];
    return processes.start("nginx", { command: "nginx", args, cwd, port: NGINX_PORT });
  }

  const outside = await Promise.all([startRedis(), startRabbitMQ(), startCoturn()]);
  const node1 = await startNode(1, NODE_1_PORT, operators1);
  const node2 = await startNode(2, NODE_2_PORT, operators2);
  const nginx = await startNginx();
  const [redis, rabbitMQ, coturn] = outside;
  const local = "127.0.0.1";
  const lines = [
    ["node 1", `http://${local}:${NODE_1_PORT}`, node1, `operators: http://${local}:${operators1}`],
    ["node 2", `http://${local}:${NODE_2_PORT}`, node2, `operators: http://${local}:${operators2}`],
    ["Redis", `redis://${local}:${REDIS_PORT}`, redis],
    ["RabbitMQ", `amqp://guest:guest@${local}:${RABBITMQ_PORT}`, rabbitMQ],
    ["coturn", `turn:${local}:${TURN_PORT}`, coturn],
    ["nginx", `http://${local}:${NGINX_PORT}`, nginx],
  ];
  for (const [name, where, pid, more = ""] of lines) {
    console.log(`${name.padEnd(8)}  ${where.padEnd(38)}  pid ${pid}  ${more}`.trimEnd());
  }
  console.log(`The token of operators: ${values.OPERATOR_TOKEN}`);
  console.log(`Open http://${local}:${NGINX_PORT}/ in two windows. Ctrl-C ends everything.`);
}

async function main() {
  check();
  const processes = new Processes();
  const folder = await mkdtemp(join(tmpdir(), "cignal-cluster-"));
  let ending;
  const end = (code) => {
    ending ??= processes
      .end()
      .then(() => rm(folder, { recursive: true, force: true }))
      .then(() => process.exit(code));
    return ending;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(0));
  try {
    await start(processes, folder);
  } catch (error) {
    if (!ending) console.error(error instanceof Failure ? error.message : error);
    await end(1);
  }
}

main().catch((error) => {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
});
