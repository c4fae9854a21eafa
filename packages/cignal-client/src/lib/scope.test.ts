import { expect, it } from "vitest";
import { Scope } from "./scope.js";

it("a scope undoes everything once, newest first", () => {
  const scope = new Scope();
  const undone: number[] = [];
  scope.add(() => undone.push(1));
  scope.add(() => undone.push(2));
  scope.close();
  scope.close();
  expect(undone).toEqual([2, 1]);
  expect(scope.closed).toBe(true);
});

it("a closed scope undoes at once what comes late", () => {
  const scope = new Scope();
  scope.close();
  let undone = false;
  scope.add(() => {
    undone = true;
  });
  expect(undone).toBe(true);
});
