import type { Page } from "@playwright/test";

declare global {
  /** How loud the tone is, from 0 to 1. */
  var setTone: (gain: number) => void;
}

/** Sends a tone in place of the microphone's sound; silence at first. */
export function sendTone(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const context = new AudioContext();
    const gain = new GainNode(context, { gain: 0 });
    const destination = new MediaStreamAudioDestinationNode(context);
    const tone = new OscillatorNode(context, { frequency: 330 });
    tone.connect(gain).connect(destination);
    tone.start();
    globalThis.setTone = (value) => {
      gain.gain.value = value;
    };
    const [track] = destination.stream.getAudioTracks();
    if (track) await cignal.microphone.use(track);
  });
}
