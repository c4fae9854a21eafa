import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { converse } from "./converse.js";
import { freePort } from "./free-port.js";
import { makeFolder, type Service, startService } from "./service.js";

export interface RabbitMQ extends Service {
  readonly port: number;
  /** `amqp://guest:guest@127.0.0.1:PORT` */
  readonly url: string;
}

/** Not the script in sbin, which drops root for a user of its own. */
const SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/** The head of an AMQP 0-9-1 connection; the answer names the product. */
const HELLO = "AMQP\x00\x00\x09\x01";

/** A broker with its own epmd. What is durable outlasts `kill` and `start`. */
export async function startRabbitMQ(): Promise<RabbitMQ> {
  const [port, distPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const folder = await makeFolder("rabbitmq");
  const inFolder = (name: string) => join(folder, name);
  await writeFile(inFolder("rabbitmq.conf"), "");
  await writeFile(inFolder("plugins"), "[].");
  const epmd = spawn("epmd", ["-address", "127.0.0.1", "-port", `${epmdPort}`], {
    stdio: "ignore",
  });
  await once(epmd, "spawn");
  const service = await startService({
    command: process.env["RABBITMQ_SERVER"] ?? SERVER,
    args: [],
    env: {
      HOME: folder,
      RABBITMQ_CONF_ENV_FILE: "/dev/null",
      RABBITMQ_CONFIG_FILE: inFolder("rabbitmq"),
      RABBITMQ_ENABLED_PLUGINS_FILE: inFolder("plugins"),
      RABBITMQ_NODENAME: `t${port}@localhost`,
      RABBITMQ_NODE_PORT: `${port}`,
      RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
      RABBITMQ_DIST_PORT: `${distPort}`,
      RABBITMQ_MNESIA_BASE: inFolder("mnesia"),
      RABBITMQ_LOG_BASE: inFolder("log"),
      RABBITMQ_PID_FILE: inFolder("pid"),
      ERL_EPMD_PORT: `${epmdPort}`,
      ERL_EPMD_ADDRESS: "127.0.0.1",
      // Then the child is the broker itself, and a signal reaches it.
      RUNNING_UNDER_SYSTEMD: "1",
    },
    probe: () => converse(port, HELLO, "RabbitMQ"),
    folder,
  }).catch((error: unknown) => {
    epmd.kill();
    throw error;
  });
  return {
    ...service,
    port,
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      epmd.kill();
    },
  };
}
