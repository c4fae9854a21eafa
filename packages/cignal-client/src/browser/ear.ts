/** Hears a microphone, also while what is sent of it is silence. */
export interface Ear {
  /** How loud it was in the last moment, from 0 to 1 (root mean square); `undefined` while it hears nothing. */
  level(): number | undefined;
  /** Lets it hear, where the browser has waited for a click. Called in one, it succeeds. */
  resume(): Promise<void>;
  /** Hears no more, and lets go of the microphone. */
  close(): void;
}

/** Covers some 85 ms, so that nothing between two looks goes unheard. */
const SAMPLES = 4096;

/** What browsers take for a person's wish to hear something. */
const GESTURES = ["pointerdown", "pointerup", "click", "keydown"];

/**
 * Opens an ear for a track, by a copy of it: to mute means to send silence, and the copy is not muted. `undefined` where
 * there is no Web Audio, or it does not work: a computer may have nothing to play with, or too much that plays already.
 */
export function openEar(track: MediaStreamTrack): Ear | undefined {
  if (!globalThis.AudioContext) return undefined;
  const copy = track.clone();
  copy.enabled = true;
  let context: AudioContext | undefined;
  try {
    context = new AudioContext();
    return listen(copy, context);
  } catch {
    copy.stop();
    context?.close().catch(() => {});
    return undefined;
  }
}

function listen(copy: MediaStreamTrack, context: AudioContext): Ear {
  const analyser = new AnalyserNode(context, { fftSize: SAMPLES });
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([copy]) });
  source.connect(analyser);
  const samples = new Float32Array(SAMPLES);
  const closed = new AbortController();
  const { signal } = closed;
  // Rejects only if it was closed meanwhile.
  const resume = () => context.resume().catch(() => {});
  for (const gesture of GESTURES) globalThis.addEventListener(gesture, resume, { signal });
  return {
    level() {
      if (context.state !== "running") return undefined;
      analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / SAMPLES);
    },
    resume,
    close() {
      closed.abort();
      copy.stop();
      source.disconnect();
      context.close().catch(() => {});
    },
  };
}
