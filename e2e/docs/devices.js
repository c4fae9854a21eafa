const mute = document.querySelector("#mute");
const camera = document.querySelector("#camera");

mute.onclick = () => {
  const { microphone } = cignal;
  if (microphone.state === "muted") microphone.unmute();
  else microphone.mute();
};
camera.onclick = () => {
  if (cignal.camera.state === "live") cignal.camera.stop();
  else cignal.camera.start();
};

cignal.on("stateChanged", (state) => {
  mute.textContent = state.microphone === "muted" ? "Unmute" : "Mute";
  camera.textContent = state.camera === "live" ? "Camera off" : "Camera on";
});
cignal.on("peerMediaChanged", ({ microphone, camera }, { peer }) => {
  console.log(`${peer.name}: microphone ${microphone}, camera ${camera}`);
});
