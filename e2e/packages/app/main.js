import { Cignal, getUrlParam } from "cignal-client";

const [own, other, status, copy, call, hangUp] = document.querySelectorAll("[id]");

const cignal = await Cignal.createRoom({
  roomId: getUrlParam("roomId"),
  peerName: getUrlParam("name"),
});
// Who reloads the page comes back to the same room.
history.replaceState(null, "", `?roomId=${cignal.id}`);

cignal.on("localStream", (stream) => {
  own.srcObject = stream;
});
cignal.on("remoteStream", (stream) => {
  other.srcObject = stream;
});
cignal.on("peerJoined", (name) => {
  status.textContent = `${name} is here.`;
  call.disabled = false;
});
cignal.on("peerHangUp", (_gone, { peer }) => {
  status.textContent = `${peer.name} has left.`;
  call.disabled = true;
});
cignal.on("reconnecting", ({ peer }) => {
  status.textContent = `The connection to ${peer.name} is interrupted…`;
});
cignal.on("reconnected", ({ peer }) => {
  status.textContent = `${peer.name} is here.`;
});
cignal.on("clientError", ({ reason }) => {
  status.textContent = reason;
});

copy.onclick = () => cignal.copyLink(`${location.origin}/?roomId=${cignal.id}`);
call.onclick = () => cignal.joinRoom();
hangUp.onclick = () => cignal.leaveRoom();
