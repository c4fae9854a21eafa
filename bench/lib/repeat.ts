/** Does `once` `count` times, `atOnce` at a time. */
export async function repeat(
  count: number,
  atOnce: number,
  once: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await once(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
