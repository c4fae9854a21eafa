import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./free-port.js";
import { makeFolder, type Service, startService } from "./service.js";

export interface Nginx extends Service {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
}

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/**
 * nginx with what `http` gives for the inside of the `http` block, for the port to listen on.
 */
export async function startNginx(http: (port: number) => string): Promise<Nginx> {
  const port = await freePort();
  const folder = await makeFolder("nginx");
  const config = join(folder, "nginx.conf");
  const paths = temporary.map((name) => `${name}_temp_path ${join(folder, name)};`);
  const lines = [
    "daemon off;",
    // One process, so that none is left when it is killed.
    "master_process off;",
    process.getuid?.() === 0 ? "user root;" : "",
    `pid ${join(folder, "pid")};`,
    "error_log stderr;",
    "events {}",
    `http { access_log off; ${paths.join(" ")}\n${http(port)}\n}`,
  ];
  await writeFile(config, lines.join("\n"));
  const service = await startService({
    command: process.env["NGINX"] ?? "nginx",
    args: ["-p", folder, "-c", config, "-e", "stderr"],
    stopSignal: "SIGQUIT",
    // A page elsewhere, with TLS, is an answer, too.
    probe: () => fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" }),
    folder,
  });
  return { ...service, port, url: `http://127.0.0.1:${port}` };
}
