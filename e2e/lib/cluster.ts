import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort, startNginx, startRedis } from "@cignal/services";
import { expect } from "@playwright/test";

const SERVER = new URL("../docs/cluster.js", import.meta.url).pathname;

/** The server of docs/scale.md twice, over one Redis, behind nginx. */
export interface Cluster extends AsyncDisposable {
  readonly url: string;
  /** Where clients come to that node as long as it lives, and to the other one afterwards. */
  readonly paths: readonly [string, string];
  /** Ends the first node. */
  end(signal: NodeJS.Signals): Promise<void>;
  readonly redis: Awaited<ReturnType<typeof startRedis>>;
}

async function startNode(redisUrl: string): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort();
  const child = spawn(process.execPath, [SERVER], {
    env: { ...process.env, PORT: `${port}`, REDIS_URL: redisUrl },
    stdio: "ignore",
  });
  await expect(async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
  }).toPass();
  return { child, port };
}

const upstream = (name: string, first: number, second: number) =>
  `upstream ${name} { server 127.0.0.1:${first}; server 127.0.0.1:${second} backup; }`;

const location = (name: string) =>
  `location /${name}/ {
    proxy_pass http://${name}/socket.io/;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
  }`;

export async function startCluster(): Promise<Cluster> {
  const redis = await startRedis();
  const [one, two] = [await startNode(redis.url), await startNode(redis.url)];
  const nginx = await startNginx(
    (port) => `${upstream("one", one.port, two.port)}
      ${upstream("two", two.port, one.port)}
      server { listen 127.0.0.1:${port}; ${location("one")} ${location("two")} }`,
  );
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  return {
    url: nginx.url,
    paths: ["/one/", "/two/"],
    redis,
    end: (signal) => end(one.child, signal),
    async [Symbol.asyncDispose]() {
      await nginx[Symbol.asyncDispose]();
      for (const { child } of [one, two]) await end(child, "SIGKILL");
      await redis[Symbol.asyncDispose]();
    },
  };
}
