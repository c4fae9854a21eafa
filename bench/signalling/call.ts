import { setTimeout } from "node:timers/promises";
import { within } from "../lib/within.js";
import type { Driver, Member } from "./driver.js";
import { ANSWERER, type Candidate, OFFERER, type Part } from "./fixture.js";

/** A browser finds its candidates one after the other, each in an event of its own, about this far apart (ms). */
const CANDIDATE_INTERVAL = 1;

function batches({ candidates }: Part, size: number): Candidate[][] {
  const count = Math.ceil(candidates.length / size);
  return Array.from({ length: count }, (_, i) => candidates.slice(i * size, (i + 1) * size));
}

async function say(member: Member, part: Part, batch: number) {
  member.describe(part);
  for (const candidates of batches(part, batch)) {
    await setTimeout(CANDIDATE_INTERVAL);
    member.send(candidates);
  }
}

/** Counts signals: `started` with the first, `complete` with the description and all candidates of `part`. */
function expectation(part: Part, batch: number) {
  const total = 1 + batches(part, batch).length;
  let seen = 0;
  let start = () => {};
  let finish = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  const complete = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const onSignal = () => {
    seen += 1;
    if (seen === 1) start();
    if (seen === total) finish();
  };
  return { started, complete, onSignal };
}

/**
 * Two join, the second offers, the first answers, both send their candidates, both leave.
 *
 * @param ports - where the first and the second one join
 */
export async function call({ join, batch }: Driver, ports: readonly [number, number]) {
  const room = crypto.randomUUID();
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  const place = { room, from: "127.0.0.1" };
  const offer = expectation(OFFERER, batch);
  const answer = expectation(ANSWERER, batch);
  const answerer = await join(
    { ...place, port: ports[0], me: first, other: second },
    offer.onSignal,
  );
  const offerer = await join(
    { ...place, port: ports[1], me: second, other: first },
    answer.onSignal,
  );
  const answering = offer.started.then(() => say(answerer, ANSWERER, batch));
  const done = [say(offerer, OFFERER, batch), answering, offer.complete, answer.complete];
  await within(20, "a call", Promise.all(done));
  await offerer.leave();
  await answerer.leave();
}
