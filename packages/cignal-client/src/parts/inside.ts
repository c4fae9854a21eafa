import type { Cignal } from "../cignal.js";
import type { Session } from "../session.js";

/** The session behind a `Cignal`. Throws a `TypeError` if it is something else, such as the promise of one. */
export function inside(cignal: Cignal): Session {
  const session: Session | undefined = Object(cignal).session;
  if (session) return session;
  throw new TypeError("expected a Cignal: what `await Cignal.createRoom(…)` gives");
}
