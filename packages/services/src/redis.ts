import { converse } from "./converse.js";
import { freePort } from "./free-port.js";
import { makeFolder, type Service, startService } from "./service.js";

export interface Redis extends Service {
  readonly port: number;
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
}

/**
 * A Redis that keeps nothing on disk: what is killed has forgotten everything.
 *
 * @param more - of its command line
 */
export async function startRedis(...more: readonly string[]): Promise<Redis> {
  const port = await freePort();
  const folder = await makeFolder("redis");
  const service = await startService({
    command: process.env["REDIS_SERVER"] ?? "redis-server",
    args: [
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", "no", "--daemonize", "no"],
      ...more,
    ],
    probe: () => converse(port, "PING\r\n", "+PONG"),
    folder,
  });
  return { ...service, port, url: `redis://127.0.0.1:${port}` };
}
