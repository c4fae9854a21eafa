import { median, quantile } from "./stats.js";

/** A markdown table: the first column to the left, figures to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0), 3),
  );
  const pad = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? ":" : "-").padEnd(width - 1, "-"));
  return [
    line(head),
    `| ${rule.map((dashes, column) => dashes + (column === 0 ? "-" : ":")).join(" | ")} |`,
    ...rows.map(line),
  ].join("\n");
}

export const figure = (value: number, digits = 0) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** `208` or, with a digit, `8.8`. */
export const middle = (samples: readonly number[], digits = 0) => figure(median(samples), digits);

/** The middle half of the samples: `201–214`. */
export const middleHalf = (samples: readonly number[], digits = 0) =>
  `${figure(quantile(samples, 0.25), digits)}–${figure(quantile(samples, 0.75), digits)}`;

/** All of them: `190–260`. */
export const range = (samples: readonly number[], digits = 0) =>
  `${figure(Math.min(...samples), digits)}–${figure(Math.max(...samples), digits)}`;

/** How the medians compare: `0.63`; a dash if there is nothing to compare with. */
export const ratio = (samples: readonly number[], base: readonly number[]) =>
  base.length === 0 ? "–" : figure(median(samples) / median(base), 2);
