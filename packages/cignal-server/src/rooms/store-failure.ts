import { describeError } from "../log.js";

/** The store has not done what it was asked for, or perhaps it has: nobody knows. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";

  constructor(cause: unknown) {
    super(describeError(cause));
  }
}

/** What the store answers. Whatever it throws or rejects with becomes a `StoreFailure`. */
export async function fromStore<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new StoreFailure(error);
  }
}
