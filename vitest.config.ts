import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "scripts/**/*.test.ts"],
    restoreMocks: true,
    // Some wait for the services that they have started, while others compute.
    maxWorkers: availableParallelism() + 1,
    // What a machine with much else to do may need: tests wait for conditions, and end when those hold.
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
