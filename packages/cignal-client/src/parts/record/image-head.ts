const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const IHDR = [0x49, 0x48, 0x44, 0x52];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];
/** The three kinds of a WebP by the last letter of `VP8 `, `VP8L` and `VP8X`. */
const LOSSY = 0x20;
const LOSSLESS = 0x4c;
const EXTENDED = 0x58;

export interface ImageHead {
  readonly type: "image/jpeg" | "image/png" | "image/webp";
  /** In pixels, as browsers will make room for it. */
  readonly width: number;
  readonly height: number;
}

/** What the first bytes say, whatever anybody else says; `undefined` of all but pictures that cannot contain a program. */
export function imageHead(data: Uint8Array): ImageHead | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  try {
    if (has(data, 0, PNG)) return has(data, 12, IHDR) ? png(view) : undefined;
    if (has(data, 0, JPEG)) return jpeg(view);
    if (has(data, 0, RIFF) && has(data, 8, WEBP)) return webp(view);
  } catch (error) {
    // It ends before it says how large it is.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

const has = (data: Uint8Array, at: number, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => data[at + index] === byte);

const png = (view: DataView): ImageHead => ({
  type: "image/png",
  width: view.getUint32(16),
  height: view.getUint32(20),
});

/** From segment to segment, up to the one that begins a frame: SOF0 to SOF15, but for DHT, JPG and DAC among them. */
function jpeg(view: DataView): ImageHead | undefined {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { type: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    // Fill bytes may stand before a marker.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function webp(view: DataView): ImageHead | undefined {
  const type = "image/webp";
  const uint24 = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
  switch (view.getUint8(15)) {
    case EXTENDED:
      return { type, width: uint24(24) + 1, height: uint24(27) + 1 };
    case LOSSLESS: {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case LOSSY: {
      const [width, height] = [view.getUint16(26, true), view.getUint16(28, true)];
      return { type, width: width & 0x3fff, height: height & 0x3fff };
    }
    default:
      return undefined;
  }
}
