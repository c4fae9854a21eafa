/** The value below which the share `q` (0 to 1) of the samples lies, between two samples by interpolation. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new Error("no samples");
  return below + (above - below) * (position % 1);
}

/** How much `values` grow from one to the next, by the line that fits them best. */
export function slope(values: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  const covariance = mean(values.map((value, x) => (x - middle) * (value - average)));
  return covariance / mean(values.map((_, x) => (x - middle) ** 2));
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5);
