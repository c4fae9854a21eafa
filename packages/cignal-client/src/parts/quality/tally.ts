import type { Figures, ReceivedFigures, SentFigures } from "./figures.js";
import { GRADES, type Grade, type Judgement, type Trouble } from "./grade.js";
import type { DirectionReport } from "./report.js";

/** A mean of values, each of which counts for as long as it was so. */
export class Mean {
  #sum = 0;
  #weight = 0;

  add(value: number | undefined, weight: number | undefined): void {
    if (value === undefined || !weight) return;
    this.#sum += value * weight;
    this.#weight += weight;
  }

  get value(): number | undefined {
    return this.#weight > 0 ? this.#sum / this.#weight : undefined;
  }
}

/** What one direction of a call comes to. */
export class DirectionTally {
  readonly #ms = new Map<Trouble, Map<Grade, number>>();
  readonly #audioLoss = new Mean();
  readonly #videoLoss = new Mean();
  readonly #concealment = new Mean();
  readonly #bitrate = new Mean();

  /** It was so for `overMs`. */
  judge({ trouble, grade }: Judgement, overMs: number): void {
    const grades = this.#ms.get(trouble) ?? new Map<Grade, number>();
    this.#ms.set(trouble, grades.set(grade, (grades.get(grade) ?? 0) + overMs));
  }

  count(flows: Figures["inbound"] | Figures["outbound"], overMs: number): void {
    const { audio, video } = flows as Record<string, (ReceivedFigures & SentFigures) | undefined>;
    this.#audioLoss.add(audio?.packetLoss, overMs);
    this.#videoLoss.add(video?.packetLoss, overMs);
    this.#concealment.add(audio?.concealment, overMs);
    const bitrates = Object.values(flows).map(({ bitrate = 0 }) => bitrate);
    this.#bitrate.add(
      bitrates.reduce((total, each) => total + each, 0),
      overMs,
    );
  }

  report(): DirectionReport {
    const troubles = [...this.#ms].flatMap(([trouble, grades]) =>
      [...grades].map(([grade, ms]) => ({ trouble, grade, ms })),
    );
    const all = troubles.reduce((total, { ms }) => total + ms, 0);
    const part = (wanted: Grade) =>
      troubles.reduce((total, { grade, ms }) => total + (grade === wanted ? ms / all : 0), 0);
    return {
      grades: Object.fromEntries(GRADES.map((grade) => [grade, part(grade)])) as Record<
        Grade,
        number
      >,
      troubles: troubles.filter(({ trouble }) => trouble !== "nothing"),
      audioLoss: this.#audioLoss.value,
      videoLoss: this.#videoLoss.value,
      concealment: this.#concealment.value,
      bitrate: this.#bitrate.value,
    };
  }
}
