import { access } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, type Service, startService } from "./service.js";

export interface PulseAudio extends Service {
  /** What programs that shall play there have in `PULSE_SERVER`. */
  readonly server: string;
}

/** A PulseAudio with one output, which nobody hears. */
export async function startPulseAudio(): Promise<PulseAudio> {
  const folder = await makeFolder("pulseaudio");
  const socket = join(folder, "socket");
  const service = await startService({
    command: process.env["PULSEAUDIO"] ?? "pulseaudio",
    args: [
      ...["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"],
      ...["-L", "module-null-sink"],
      ...["-L", `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
    ],
    // Whoever is logged in has one of their own.
    env: { HOME: folder, XDG_RUNTIME_DIR: folder, PULSE_RUNTIME_PATH: folder },
    probe: () => access(socket),
    folder,
  });
  return { ...service, server: `unix:${socket}` };
}
