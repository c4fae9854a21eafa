import type { Cignal, CignalError, LocalScreen, LocalSource, SourceState } from "cignal-client";

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

/** `undefined` where the browser cannot, as on phones. */
export function shareOf({ screen }: Cignal): (() => Promise<unknown>) | undefined {
  // Plain http has no mediaDevices.
  const { mediaDevices } = navigator as Partial<Navigator>;
  if (typeof mediaDevices?.getDisplayMedia !== "function") return undefined;
  return () => toggleScreen(screen);
}

async function toggleScreen(screen: LocalScreen): Promise<void> {
  if (isOn(screen)) screen.stop();
  else await screen.start();
}

/** What trying again after this error means; `undefined` where it would change nothing. */
export function retryOf(
  { device, retryable }: CignalError,
  cignal: Cignal,
): (() => void) | undefined {
  const sources = (["microphone", "camera", "screen"] as const)
    .filter((kind) => device?.includes(kind))
    .map((kind) => cignal[kind])
    .filter((source) => !isOn(source));
  if (!retryable || sources.length === 0) return undefined;
  return () => {
    for (const source of sources) void source.start();
  };
}

const isOn = ({ state }: { state: SourceState }): boolean =>
  state === "live" || state === "muted" || state === "interrupted" || state === "starting";
