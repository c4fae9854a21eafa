import type { Cignal } from "cignal-client";
import { type Recording, recordSession } from "cignal-client/record";
import { button, download, notify } from "./dom.js";

/** What one does oneself: mute, camera, screen, recording, leave. */
export function showControls(cignal: Cignal): void {
  const [microphone, camera, screen] = [button("microphone"), button("camera"), button("screen")];
  microphone.onclick = () =>
    cignal.microphone.state === "live" ? cignal.microphone.mute() : cignal.microphone.unmute();
  camera.onclick = () =>
    cignal.camera.state === "live" ? cignal.camera.stop() : cignal.camera.start();
  screen.onclick = () =>
    cignal.screen.state === "live" ? cignal.screen.stop() : cignal.screen.start();

  cignal.on("stateChanged", (state) => {
    press(microphone, state.microphone !== "live", "Unmute", "Mute");
    press(camera, state.camera !== "live", "Camera on", "Camera off");
    press(screen, state.screen === "live", "Stop sharing", "Share screen");
  });

  let recording: Recording | undefined;
  const record = button("record");
  record.onclick = async () => {
    try {
      if (recording) return void recording.stop();
      recording = await recordSession(cignal, { to: "disk", names: true });
      recording.on("stateChanged", (state) => state === "stopped" && void keep());
      // No browser tells the others.
      void cignal.update({ details: { records: true } });
      press(record, true, "Stop recording", "Record");
    } catch (error) {
      notify(error);
    }
  };

  // Stopped by the click, or by itself: the room was left, or the disk is full.
  async function keep(): Promise<void> {
    const result = await recording?.stop();
    recording = undefined;
    void cignal.update({ details: null });
    press(record, false, "Stop recording", "Record");
    const recorded = result?.file ?? result?.blob;
    const extension = result?.mimeType.startsWith("video/mp4") ? "mp4" : "webm";
    if (recorded) download(recorded, `meeting.${extension}`);
    if (result?.error) notify(result.error);
  }

  button("leave").onclick = () => cignal.leaveRoom();
}

function press(control: HTMLButtonElement, isPressed: boolean, on: string, off: string): void {
  control.setAttribute("aria-pressed", String(isPressed));
  control.textContent = isPressed ? on : off;
}
