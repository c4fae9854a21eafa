/** What a shot is of: screens get more room than people. */
export type Role = "camera" | "screen";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** A cell in which a picture of 16:9 is large, for each of so many. */
const ASPECT = 16 / 9;

/** How much of the longer side people keep beside a screen. */
const BESIDE = 0.2;

/** Where each shot goes: people in a grid, or in a strip beside the screens if there are any. Whole pixels. */
export function arrange(roles: readonly Role[], { width, height }: Size): Box[] {
  const screens = roles.filter((role) => role === "screen").length;
  const people = roles.length - screens;
  const all: Box = { x: 0, y: 0, width, height };
  const [large, small] = screens > 0 && people > 0 ? split(all) : [all, all];
  const cells = { screen: grid(screens, large), camera: grid(people, small) };
  return roles.flatMap((role) => cells[role].shift() ?? []);
}

/** The largest box of this shape within a box, in its middle. */
export function fit({ width, height }: Size, box: Box): Box {
  const scale = Math.min(box.width / width, box.height / height);
  const fitted = { width: Math.round(width * scale), height: Math.round(height * scale) };
  return {
    x: box.x + Math.round((box.width - fitted.width) / 2),
    y: box.y + Math.round((box.height - fitted.height) / 2),
    ...fitted,
  };
}

function split({ width, height }: Box): [large: Box, small: Box] {
  if (width >= height) {
    const beside = Math.round(width * BESIDE);
    const x = width - beside;
    return [
      { x: 0, y: 0, width: x, height },
      { x, y: 0, width: beside, height },
    ];
  }
  const below = Math.round(height * BESIDE);
  const y = height - below;
  return [
    { x: 0, y: 0, width, height: y },
    { x: 0, y, width, height: below },
  ];
}

/** Cells of one size, row by row, the last row in the middle. */
function grid(count: number, box: Box): Box[] {
  const columns = bestColumns(count, box);
  const rows = Math.ceil(count / columns);
  const width = Math.floor(box.width / columns);
  const height = Math.floor(box.height / rows);
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = Math.floor((box.width - inRow * width) / 2);
    return {
      x: box.x + left + (index % columns) * width,
      y: box.y + row * height,
      width,
      height,
    };
  });
}

/** In how many columns the pictures are the largest; beside each other rather than one above the other. */
function bestColumns(count: number, box: Size): number {
  const widthOf = (columns: number) =>
    Math.min(box.width / columns, (box.height / Math.ceil(count / columns)) * ASPECT);
  let best = 1;
  for (let columns = 2; columns <= count; columns++) {
    if (widthOf(columns) >= widthOf(best)) best = columns;
  }
  return best;
}
