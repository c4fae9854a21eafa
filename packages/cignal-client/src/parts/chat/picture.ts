import { CignalError } from "../../errors.js";
import { PICTURE_AT_MOST } from "./wire.js";

/** How a JPEG begins (ISO/IEC 10918-1, annex B). */
const JPEG = [0xff, 0xd8, 0xff];

const isJpeg = (bytes: Uint8Array) => JPEG.every((byte, index) => bytes[index] === byte);

/** A JPEG as base64. Throws `bad-argument` if it is no JPEG, too large or cannot be read. */
export async function encodePicture(picture: Blob): Promise<string> {
  const largest = (PICTURE_AT_MOST / 4) * 3;
  const refusal = (cause?: unknown) => {
    const problem = `send(text, { picture }): expected a JPEG of at most ${largest} bytes. Make it smaller, or share it as a file.`;
    return new CignalError("bad-argument", problem, { field: "picture", cause });
  };
  if (!(picture instanceof Blob) || picture.size > largest) throw refusal();
  // A file may have been deleted since it was chosen.
  const content = await picture.arrayBuffer().catch((cause: unknown) => {
    throw refusal(cause);
  });
  const bytes = new Uint8Array(content);
  if (!isJpeg(bytes)) throw refusal();
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** `undefined` if it is no JPEG. The type is ours to say, so that no browser takes it for anything else. */
export function decodePicture(base64: string | undefined): Blob | undefined {
  const bytes = Uint8Array.from(atob(base64 ?? ""), (char) => char.charCodeAt(0));
  return isJpeg(bytes) ? new Blob([bytes], { type: "image/jpeg" }) : undefined;
}
