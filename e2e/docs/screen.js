const share = document.querySelector("#share");
const screen = document.querySelector("#screen");

share.onclick = () => {
  if (cignal.state.screen === "live") cignal.screen.stop();
  else cignal.screen.start();
};

cignal.on("stateChanged", (state) => {
  const sharer = state.peers.find((peer) => peer.screen !== "off");
  share.disabled = sharer !== undefined;
  share.title = sharer ? `${sharer.name} is sharing` : "";
  share.textContent = state.screen === "live" ? "Stop sharing" : "Share your screen";
});
cignal.on("screenStream", (stream) => {
  screen.srcObject = stream;
  screen.hidden = stream === null;
});
