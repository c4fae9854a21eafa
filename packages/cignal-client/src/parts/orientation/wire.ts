import * as v from "valibot";

const orientation = v.object({
  angle: v.picklist([0, 90, 180, 270]),
  facing: v.optional(v.picklist(["front", "back"])),
});

/** What one side says to another (PROTOCOL.md G). */
const message = v.object({ ...orientation.entries, ask: v.optional(v.literal(true)) });

/** How somebody's device is held, and which way their camera looks. */
export type Orientation = Readonly<v.InferOutput<typeof orientation>>;

/** `undefined` for anything else, which is ignored. */
export function readMessage(data: unknown): { ask: boolean; value: Orientation } | undefined {
  const { success, output } = v.safeParse(message, data);
  if (!success) return undefined;
  const { ask = false, ...value } = output;
  return { ask, value: Object.freeze(value) };
}
