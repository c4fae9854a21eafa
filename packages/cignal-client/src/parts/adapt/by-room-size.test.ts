import { expect, it } from "vitest";
import { byRoomSize } from "./by-room-size.js";

/** People in the room, and the largest picture. */
const TABLE = [
  [1, 640, 580],
  [2, 640, 580],
  [3, 640, 580],
  [4, 320, 290],
  [5, 320, 290],
  [6, 320, 193],
  [7, 320, 193],
  [8, 320, 145],
] as const;

it("DEFECTS 22: each size has its picture, from 1 to 8 and back to 1", () => {
  const sizes = TABLE.map(([people, maxWidth, maxHeight]) => ({
    people,
    capture: { maxWidth, maxHeight, minFrameRate: 10, maxFrameRate: 30 },
  }));
  for (const { people, capture } of [...sizes, ...sizes.reverse()]) {
    expect(byRoomSize({ people })).toEqual({ capture });
  }
});

it("more people than the table knows get its last row", () => {
  for (const people of [9, 100]) expect(byRoomSize({ people })).toEqual(byRoomSize({ people: 8 }));
});
