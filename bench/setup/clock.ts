/** Milliseconds since 1970, the same in each page. */
export const now = () => performance.timeOrigin + performance.now();

/** How far the clock of this page is from the system's: the least of some, as the process may be put aside between two looks. */
export const clockError = () =>
  Math.min(...Array.from({ length: 10 }, () => Math.abs(now() - Date.now())));
