import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrange, type Box, fit, type Role } from "./layout.js";

const HD = { width: 1280, height: 720 };
const people = (count: number) => Array.from({ length: count }, (): Role => "camera");

const overlap = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

describe("the layout of a recorded session", () => {
  it("gives one person everything, two a half each beside each other, and centres the last row", () => {
    expect(arrange(people(1), HD)).toEqual([{ x: 0, y: 0, ...HD }]);
    expect(arrange(people(2), HD).map(({ x, width }) => [x, width])).toEqual([
      [0, 640],
      [640, 640],
    ]);
    expect(arrange(people(3), HD).at(-1)).toEqual({ x: 320, y: 360, width: 640, height: 360 });
    const rows = (count: number) => new Set(arrange(people(count), HD).map(({ y }) => y)).size;
    expect([4, 6, 9].map(rows)).toEqual([2, 2, 3]);
  });

  it("gives a screen four fifths, and people the rest", () => {
    expect(arrange(["camera", "screen", "camera"], HD)).toEqual([
      { x: 1024, y: 0, width: 256, height: 360 },
      { x: 0, y: 0, width: 1024, height: 720 },
      { x: 1024, y: 360, width: 256, height: 360 },
    ]);
    expect(arrange(["screen"], HD)).toEqual([{ x: 0, y: 0, ...HD }]);
    expect(arrange(["screen", "camera"], { width: 360, height: 640 })).toEqual([
      { x: 0, y: 0, width: 360, height: 512 },
      { x: 0, y: 512, width: 360, height: 128 },
    ]);
  });

  it("has room for everybody, within the picture, and for none twice", () => {
    const size = fc.integer({ min: 64, max: 4096 });
    const roles = fc.array(fc.constantFrom<Role>("camera", "screen"), { maxLength: 16 });
    fc.assert(
      fc.property(roles, size, size, (roles, width, height) => {
        const boxes = arrange(roles, { width, height });
        expect(boxes).toHaveLength(roles.length);
        boxes.forEach((box, index) => {
          expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(width);
          expect(box.y + box.height).toBeLessThanOrEqual(height);
          expect(boxes.slice(index + 1).some((other) => overlap(box, other))).toBe(false);
        });
      }),
    );
  });

  it("fits pictures of any shape into a box without cutting them", () => {
    const box = { x: 100, y: 50, width: 640, height: 360 };
    expect(fit({ width: 320, height: 240 }, box)).toEqual({
      ...{ x: 180, y: 50 },
      ...{ width: 480, height: 360 },
    });
    expect(fit({ width: 1000, height: 100 }, box)).toEqual({
      ...{ x: 100, y: 198 },
      ...{ width: 640, height: 64 },
    });
  });
});
