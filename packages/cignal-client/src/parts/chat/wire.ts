import * as v from "valibot";

/** What a line holds at most, in UTF-16 code units. */
export const TEXT_AT_MOST = 8_192;

/** A picture as base64: 18,000 bytes, a JPEG of some 240 × 180. */
export const PICTURE_AT_MOST = 24_000;

/** How many lines one message of history holds. */
const BATCH_AT_MOST = 256;

const random = v.pipe(v.string(), v.regex(/^[\w-]{16,64}$/));
const label = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));

const said = v.object({
  id: random,
  text: label(TEXT_AT_MOST),
  /** Milliseconds since 1970 by the clock of who said it; as far as a Date reaches. */
  sentAt: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15)),
  picture: v.optional(v.pipe(v.string(), v.maxLength(PICTURE_AT_MOST), v.base64())),
});

/** A line with who said it, by the word of who passes it on. */
const told = v.object({ ...said.entries, from: v.object({ id: label(128), name: label(64) }) });

/** What one chat says to another (PROTOCOL.md T). */
const message = v.variant("type", [
  v.object({ type: v.literal("line"), line: said, private: v.optional(v.literal(true)) }),
  v.object({ type: v.literal("typing"), typing: v.boolean() }),
  v.object({ type: v.literal("ask") }),
  v.object({
    type: v.literal("history"),
    lines: v.pipe(v.array(told), v.maxLength(BATCH_AT_MOST)),
    more: v.boolean(),
  }),
]);

export type Told = v.InferOutput<typeof told>;
export type ChatMessage = v.InferOutput<typeof message>;

/** `undefined` for anything else, which is ignored: a newer chat may say more. */
export function readMessage(data: unknown): ChatMessage | undefined {
  const result = v.safeParse(message, data);
  return result.success ? result.output : undefined;
}
