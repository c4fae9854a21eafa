import { describe, expect, it, vi } from "vitest";
import type { Channel } from "../channels/index.js";
import { Pictures } from "./pictures.js";

const text = (characters: string) => [...Buffer.from(characters)];
const uint16 = (value: number) => [value >> 8, value & 255];
const uint32 = (value: number) => [...uint16(value >>> 16), ...uint16(value & 65_535)];
/** Of a WebP: little-endian, and where a size counts from one. */
const uint24 = (value: number) => uint32(value).reverse().slice(0, 3);

/** JFIF, a comment, a fill byte, then the frame. */
const jpeg = (width: number, height: number) => [
  ...[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xfe, 0, 3, 0x58, 0xff],
  ...[0xff, 0xc2, 0, 11, 8, ...uint16(height), ...uint16(width), 1],
];
const png = (width: number, height: number) => [
  ...[0x89, ...text("PNG\r\n\u001a\n"), ...uint32(13), ...text("IHDR")],
  ...[...uint32(width), ...uint32(height), 8, 2],
];
const webp = (kind: string, ...head: number[]) => [...text(`RIFF1234WEBP${kind}`), ...head];
const lossy = (width: number, height: number) =>
  webp("VP8 ", ...uint32(9), 0, 0, 0, 0x9d, 1, 0x2a, ...lowFirst(width), ...lowFirst(height));
const lossless = (width: number, height: number) =>
  webp("VP8L", ...uint32(9), 0x2f, ...uint32(((height - 1) << 14) | (width - 1)).reverse());
const extended = (width: number, height: number) =>
  webp("VP8X", ...uint32(9), 0, 0, 0, 0, ...uint24(width - 1), ...uint24(height - 1));
const lowFirst = (value: number) => uint16(value).reverse();

const KINDS = [
  ["image/jpeg", jpeg],
  ["image/png", png],
  ["image/webp", lossy],
  ["image/webp", lossless],
  ["image/webp", extended],
] as const;

const peer = { id: "bob", name: "Bob" };

function opened() {
  const listeners: ((data: unknown, about: object) => void)[] = [];
  const channel = {
    send: vi.fn(async () => ({ success: true })),
    on: (_name: string, listener: (typeof listeners)[number]) => listeners.push(listener),
    close: vi.fn(),
  };
  const pictures = new Pictures(channel as unknown as Channel, (error) => {
    throw error;
  });
  const receive = (data: unknown) => listeners.forEach((listener) => void listener(data, { peer }));
  return { pictures, channel, listeners, receive };
}

describe("shared pictures", () => {
  it.each(KINDS)(
    "B10: arrive as %s by their first bytes, whatever they were called",
    async (type, make) => {
      const bytes = make(640, 480);
      const { pictures, channel, receive } = opened();
      const blob = new Blob([new Uint8Array(bytes)], { type: "text/html" });
      expect(await pictures.share(blob, { to: "bob" })).toEqual({ success: true });
      expect(channel.send).toHaveBeenCalledWith(new Uint8Array(bytes), { to: "bob" });
      const heard = vi.fn();
      pictures.on("picture", heard);
      receive(new Uint8Array(bytes));
      expect(heard).toHaveBeenCalledWith(expect.any(Blob), { peer });
      const [[picture]] = heard.mock.calls as [[Blob]];
      expect([picture.type, picture.size]).toEqual([type, bytes.length]);
    },
  );

  it.each([
    "text",
    { type: "image/jpeg" },
    null,
    new Uint8Array(Buffer.from("<svg onload=alert(1)>")),
    new Uint8Array(Buffer.from("<svg    WEBPVP8 onload=alert(1)></svg>")),
    new Uint8Array(Buffer.from("RIFF1234WAVEfmt 1234567890123456")),
    new Uint8Array([...png(1, 1).slice(0, 12), ...text("<script>alert(1)</script>")]),
    new Uint8Array([...jpeg(1, 1).slice(0, 4), ...text("<script>alert(1)</script>")]),
    new Uint8Array(jpeg(1, 1).slice(0, 14)),
    new Uint8Array(webp("ALPH", ...png(1, 1))),
    new Uint8Array(2),
  ])("B10: are nothing else: %j", async (data) => {
    const { pictures, channel, receive } = opened();
    const heard = vi.fn();
    pictures.on("picture", heard);
    receive(data);
    expect(heard).not.toHaveBeenCalled();
    const blob = new Blob([data instanceof Uint8Array ? data : String(data)]);
    for (const given of [blob, data]) {
      const error = { code: "bad-argument" };
      expect(await pictures.share(given as Blob)).toMatchObject({ success: false, error });
    }
    expect(channel.send).not.toHaveBeenCalled();
  });

  it.each(KINDS)(
    "B10: are no %s for which a browser would make too much room",
    async (_type, make) => {
      const { pictures, channel, receive } = opened();
      const heard = vi.fn();
      pictures.on("picture", heard);
      const most = new Uint8Array(make(10_000, 5_000));
      const more = new Uint8Array(make(10_000, 5_001));
      receive(most);
      receive(more);
      expect(heard).toHaveBeenCalledOnce();
      expect(await pictures.share(new Blob([most]))).toEqual({ success: true });
      expect(await pictures.share(new Blob([more]))).toMatchObject({
        error: { code: "too-large" },
      });
      expect(channel.send).toHaveBeenCalledOnce();
    },
  );

  it("are not too large, and not asked for before anybody listens", async () => {
    const { pictures, listeners } = opened();
    const large = new Blob([new Uint8Array(jpeg(1, 1)), new Uint8Array(4 * 2 ** 20)]);
    expect(await pictures.share(large)).toMatchObject({ error: { code: "too-large" } });
    expect(listeners).toHaveLength(0);
    pictures.on("picture", () => {});
    pictures.on("picture", () => {});
    expect(listeners).toHaveLength(1);
  });
});
