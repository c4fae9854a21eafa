import { recordSession, takePicture } from "cignal-client/record";

let recording;

record.onclick = async () => {
  if (recording) return recording.stop();
  recording = await recordSession(cignal, { to: "disk", names: true });
  record.textContent = "Stop";
  recording.on("stateChanged", async (state) => {
    // By the click, or because the room was left or the disk is full.
    if (state !== "stopped") return;
    const { file, blob, durationMs } = await recording.stop();
    saved.href = URL.createObjectURL(file ?? blob);
    saved.download = "call";
    saved.textContent = `${Math.round(durationMs / 1000)} s`;
    record.textContent = "Record";
    recording = undefined;
  });
};

shoot.onclick = async () => {
  const [peer = cignal.state.me] = cignal.peers;
  picture.src = URL.createObjectURL(await takePicture(cignal, peer.id, { width: 320 }));
};
