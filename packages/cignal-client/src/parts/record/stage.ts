import type { RecordingBrowser } from "../../browser/recording.js";
import { arrange, type Box, fit, type Size } from "./layout.js";
import { Mix } from "./mix.js";
import { Picture } from "./picture.js";
import type { Scene, Shot } from "./scene.js";

export interface StageOptions extends Size {
  browser: RecordingBrowser;
  /** It is running. */
  context: AudioContext;
  /** Pictures a second. */
  frameRate: number;
  /** Whether names are written into the pictures. */
  names: boolean;
  /** What is seen and heard now. Asked before each picture. */
  scene: () => Scene;
}

/** One canvas and one sound, whose tracks stay the same while people, cameras and connections come and go. */
export class Stage {
  readonly stream: MediaStream;
  readonly #options: StageOptions;
  readonly #canvas: CanvasRenderingContext2D;
  readonly #mix: Mix;
  readonly #pictures = new Map<string, Picture>();
  #video: MediaStreamTrack | undefined;
  /** Which shots are where. */
  #plan = "";
  #boxes: Box[] = [];

  constructor(options: StageOptions) {
    const { browser, context, width, height, frameRate } = options;
    this.#options = options;
    const canvas = browser.createCanvas(width, height);
    const drawing = canvas.getContext("2d", { alpha: false });
    if (!drawing) throw new TypeError("a canvas without a context");
    this.#canvas = drawing;
    this.#mix = new Mix(browser, context);
    this.#draw();
    this.#video = canvas.captureStream(frameRate).getVideoTracks()[0];
    const video = this.#video ? [this.#video] : [];
    this.stream = browser.createStream([...video, this.#mix.track]);
    this.#mix.tick(frameRate, () => this.#draw());
  }

  close(): void {
    this.#mix.close();
    this.#video?.stop();
    for (const picture of this.#pictures.values()) picture.clear();
    this.#pictures.clear();
  }

  #draw(): void {
    const { shots, sounds } = this.#options.scene();
    this.#mix.hear(sounds);
    this.#arrange(shots);
    shots.forEach((shot, index) => {
      const box = this.#boxes[index];
      if (box) this.#drawShot(shot, box);
    });
    // A canvas in which nothing was drawn gives no picture, and the file would end with the last one.
    this.#canvas.fillStyle = "rgb(0 0 0 / 1%)";
    this.#canvas.fillRect(0, 0, 1, 1);
  }

  #arrange(shots: readonly Shot[]): void {
    const plan = shots.map(({ id }) => id).join("\n");
    if (plan === this.#plan) return;
    this.#plan = plan;
    const roles = shots.map(({ role }) => role);
    this.#boxes = arrange(roles, this.#options);
    this.#blacken({ x: 0, y: 0, ...sizeOf(this.#options) });
    const ids = shots.map(({ id }) => id);
    for (const [id, picture] of this.#pictures) {
      if (ids.includes(id)) continue;
      picture.clear();
      this.#pictures.delete(id);
    }
  }

  #drawShot({ id, name, role, track, off }: Shot, box: Box): void {
    const picture = this.#pictures.get(id) ?? new Picture(this.#options.browser);
    this.#pictures.set(id, picture);
    if (off) picture.clear();
    else picture.show(track);
    const { current } = picture;
    // Where nothing comes, the last picture stays.
    if (!current && !off) return;
    this.#blacken(box);
    const place = current
      ? fit({ width: current.videoWidth, height: current.videoHeight }, box)
      : box;
    if (current) {
      this.#canvas.drawImage(current, place.x, place.y, place.width, place.height);
    }
    if (this.#options.names && role === "camera") this.#write(name, place);
  }

  #write(name: string, { x, y, width, height }: Box): void {
    const size = Math.max(12, Math.round(height / 18));
    const margin = size / 2;
    this.#canvas.font = `${size}px sans-serif`;
    this.#canvas.textBaseline = "bottom";
    this.#canvas.lineWidth = size / 6;
    const place = [x + margin, y + height - margin, width - 2 * margin] as const;
    this.#canvas.strokeStyle = "#000";
    this.#canvas.strokeText(name, ...place);
    this.#canvas.fillStyle = "#fff";
    this.#canvas.fillText(name, ...place);
  }

  #blacken({ x, y, width, height }: Box): void {
    this.#canvas.fillStyle = "#000";
    this.#canvas.fillRect(x, y, width, height);
  }
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });
