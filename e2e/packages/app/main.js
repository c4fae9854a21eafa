import { Cignal, getUrlParam } from "cignal-client";

const cignal = await Cignal.createRoom({
  url: location.origin,
  roomId: getUrlParam("roomId"),
  peerName: getUrlParam("name"),
  mediaConstraints: { audio: true, video: true },
});
cignal.on("peerJoined", (name) => {
  document.querySelector("#peer").textContent = name;
});
cignal.on("remoteStream", (stream) => {
  document.querySelector("video").srcObject = stream;
});
document.querySelector("button").addEventListener("click", () => cignal.joinRoom());
