import type { Situation } from "./situation.js";

/** For one peer, in bits a second; 0 is nothing for now. */
interface Shares {
  readonly audio: number;
  readonly screen: number;
  readonly video: number;
}

/** Good sound, and sound that can still be understood. */
const AUDIO = { good: 40_000, least: 16_000 };

/** A sharp screen, and how much of what sound leaves it may have. */
const SCREEN = { good: 1_000_000, share: 0.75 };

/** The smallest picture that is worth its bits, and what more would not make better. */
const VIDEO = { least: 50_000, bitsPerPixel: 0.12 };

/** Who is paused comes back when there is clearly enough. */
const RESUME = 1.5;

/** No change for the sake of less, in bits a second. */
const GRAIN = 1_000;

type Sources = Pick<Situation, "microphone" | "screen" | "camera">;

const pictureOf = ({ camera }: Sources) =>
  camera ? camera.width * camera.height * camera.frameRate * VIDEO.bitsPerPixel : 0;

/** What one peer could make use of, in bits a second. */
export const usefulFor = (sources: Sources): number =>
  AUDIO.good + (sources.screen === "own" ? SCREEN.good : 0) + pictureOf(sources);

/**
 * Divides so many bits a second: sound first, then the screen, which is what everybody looks at, then faces. Those for
 * whose picture there is not enough, and who are `paused` then, are the last ones.
 */
export function share(
  situation: Situation,
  uplink: number,
  paused: ReadonlySet<string>,
): Map<string, Shares> {
  const { peers, microphone, screen } = situation;
  const each = uplink / Math.max(1, peers.length);
  const sound = Math.min(AUDIO.good, Math.max(AUDIO.least, each / 2), each);
  const audio = microphone ? sound : 0;
  const shared = screen === "own" ? Math.min(SCREEN.good, (each - audio) * SCREEN.share) : 0;
  const left = (each - audio - shared) * peers.length;
  const pictures = divide(left, pictureOf(situation), peers, paused);
  const grain = (bits: number) => Math.floor(bits / GRAIN) * GRAIN;
  return new Map(
    peers.map(({ id }) => {
      const video = grain(pictures.get(id) ?? 0);
      return [id, { audio: Math.floor(audio), screen: grain(shared), video }];
    }),
  );
}

/** Gives each as much as its own connection bears and its picture is good for, and what is left to the others. */
function divide(
  whole: number,
  useful: number,
  peers: Situation["peers"],
  paused: ReadonlySet<string>,
): Map<string, number> {
  // Those who see already go on seeing; else who came first.
  const rank = ({ id }: { id: string }) => Number(paused.has(id));
  const served: { id: string; most: number }[] = [];
  for (const peer of [...peers].sort((one, other) => rank(one) - rank(other))) {
    const least = VIDEO.least * (paused.has(peer.id) ? RESUME : 1);
    if (whole / (served.length + 1) < least) break;
    const bears = Math.max(VIDEO.least, peer.availableBitrate ?? Number.POSITIVE_INFINITY);
    served.push({ id: peer.id, most: Math.min(useful, bears) });
  }
  // Those who need least first, so that what they leave is there for the rest.
  served.sort((one, other) => one.most - other.most);
  const shares = new Map<string, number>();
  let left = whole;
  served.forEach(({ id, most }, index) => {
    const given = Math.min(most, left / (served.length - index));
    shares.set(id, given);
    left -= given;
  });
  return shares;
}
