import { type RecordingBrowser, recordingBrowser } from "../../browser/recording.js";
import { CignalError } from "../../errors.js";
import type { Session } from "../../session.js";
import { Picture } from "./picture.js";
import { mustBeHere, person, screen } from "./scene.js";
import { sizeFor } from "./size.js";

export interface PictureOptions {
  /** The screen that they share, in place of their camera. Default: `false`. */
  screen?: boolean | undefined;
  /** In pixels. Default: as it comes. */
  width?: number | undefined;
  /** Default: `"image/jpeg"`. */
  type?: "image/jpeg" | "image/png" | "image/webp" | undefined;
  /** From 0 to 1, of jpeg and webp. Default: 0.9. */
  quality?: number | undefined;
}

/** How long the first picture may take. */
const PATIENCE_MS = 2_000;

const TYPES = ["image/jpeg", "image/png", "image/webp"];

export async function picture(
  session: Session,
  peerId: string,
  options: PictureOptions,
  browser: RecordingBrowser = recordingBrowser,
): Promise<Blob> {
  const { width, type = "image/jpeg", quality = 0.9 } = options;
  check(options);
  mustBeHere(session, peerId);
  const { shots } = options.screen ? screen(session, peerId) : person(session, peerId);
  const shot = shots.find(({ off }) => !off);
  const current = new Picture(browser);
  current.show(shot?.track);
  try {
    const video = await current.first(PATIENCE_MS);
    if (!video) throw nothing();
    const size = sizeFor({ width }, { width: video.videoWidth, height: video.videoHeight });
    const canvas = browser.createCanvas(size.width, size.height);
    canvas.getContext("2d")?.drawImage(video, 0, 0, size.width, size.height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, type, quality);
    });
    // A browser that cannot make the type makes a PNG.
    if (blob?.type === type) return blob;
    throw new CignalError("not-supported", `This browser makes no ${type}.`);
  } finally {
    current.clear();
  }
}

function check({ width, type = "image/jpeg", quality = 1 }: PictureOptions): void {
  if (width !== undefined && !(width >= 1 && width <= 8192)) {
    throw new TypeError("takePicture: expected width to be a number from 1 to 8192");
  }
  if (!TYPES.includes(type)) {
    throw new TypeError(`takePicture: expected type to be one of ${TYPES.join(", ")}`);
  }
  if (!(quality >= 0 && quality <= 1)) {
    throw new TypeError("takePicture: expected quality to be a number from 0 to 1");
  }
}

const nothing = () =>
  new CignalError("nothing-to-record", "There is no picture now: the camera is off.", {
    retryable: true,
  });
