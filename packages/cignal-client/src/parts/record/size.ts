import type { RecordingBrowser } from "../../browser/recording.js";
import type { Size } from "./layout.js";
import { Picture } from "./picture.js";
import type { Scene } from "./scene.js";

/** Of the longer side, where the page has said nothing: calls begin with small pictures and grow. */
const SMALLEST = 640;
const LARGEST = 1920;

/** Of whom no picture is there yet. */
const UNKNOWN: Size = { width: 640, height: 360 };

/** What the page wants of a size. */
interface Wish {
  width?: number | undefined;
  height?: number | undefined;
}

/** How large the picture of a recording is. It stays so to the end, as recorders and players want it. */
export async function pictureSize(
  browser: RecordingBrowser,
  wish: Wish,
  scene: () => Scene,
  usual: Size | undefined,
  patienceMs: number,
): Promise<Size> {
  if (usual || (wish.width && wish.height)) return sizeFor(wish, usual ?? UNKNOWN);
  const picture = new Picture(browser);
  picture.show(scene().shots.find(({ off }) => !off)?.track);
  const video = await picture.first(patienceMs);
  const natural = video && { width: video.videoWidth, height: video.videoHeight };
  picture.clear();
  return sizeFor(wish, between(natural ?? UNKNOWN));
}

/** The size that a page wants, the rest in the shape of this one. Encoders want even numbers. */
export function sizeFor({ width, height }: Wish, { width: w, height: h }: Size): Size {
  return {
    width: even(width ?? (height ? (height * w) / h : w)),
    height: even(height ?? (width ? (width * h) / w : h)),
  };
}

function between({ width, height }: Size): Size {
  const longer = Math.max(width, height);
  const scale = Math.min(Math.max(longer, SMALLEST), LARGEST) / longer;
  return { width: width * scale, height: height * scale };
}

const even = (length: number) => Math.max(2, 2 * Math.round(length / 2));
