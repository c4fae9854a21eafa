import type { Cignal, CignalError, LocalSource } from "cignal-client";

/** Muted, it is kept: one speaks again at once. */
export async function toggleMicrophone(microphone: LocalSource): Promise<void> {
  if (microphone.state === "muted") microphone.unmute();
  else if (isOn(microphone)) microphone.mute();
  else await microphone.start();
}

/** Off, it is released: the light by the camera is what people trust. */
export async function toggleCamera(camera: LocalSource): Promise<void> {
  if (isOn(camera)) camera.stop();
  else await camera.start();
}

/** What trying again after this error means; `undefined` where it would change nothing. */
export function retryOf(
  { device, retryable }: CignalError,
  cignal: Cignal,
): (() => void) | undefined {
  const sources = (["microphone", "camera"] as const)
    .filter((kind) => device?.includes(kind))
    .map((kind) => cignal[kind])
    .filter((source) => !isOn(source));
  if (!retryable || sources.length === 0) return undefined;
  return () => {
    for (const source of sources) void source.start();
  };
}

const isOn = ({ state }: LocalSource): boolean =>
  state === "live" || state === "muted" || state === "interrupted" || state === "starting";
