/** Somebody else's code has not answered. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

/** What `ask` returns or throws, or `TooLate` after so many milliseconds. What comes later is dropped. */
export async function inTime<Answer>(
  ask: () => Answer | Promise<Answer>,
  limitMs: number,
): Promise<Answer> {
  const answer = ask();
  // Most answers are there at once, and each join asks twice: no timer for those.
  if (!(answer instanceof Object && "then" in answer)) return answer;
  return await new Promise<Answer>((resolve, reject) => {
    const onLate = () => reject(new TooLate(`no answer in ${limitMs / 1_000} s`));
    const timer = setTimeout(onLate, limitMs);
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
