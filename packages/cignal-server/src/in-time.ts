/** Somebody else's code has not answered. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

/** What `ask` returns or throws, or `TooLate` after so many milliseconds. What comes later is dropped. */
export async function inTime<Answer>(
  ask: () => Answer | Promise<Answer>,
  limitMs: number,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(reject, limitMs, new TooLate(`no answer in ${limitMs / 1_000} s`));
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    clearTimeout(timer);
  }
}
