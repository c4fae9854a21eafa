import { Cignal, getUrlParam } from "cignal-client";

const find = (id) => document.getElementById(id);
const say = (sentence) => {
  find("status").textContent = sentence;
};

const cignal = await Cignal.createRoom({
  roomId: getUrlParam("roomId"),
  peerName: getUrlParam("name"),
}).catch((error) => {
  // The room is full, the server is away: each error is a sentence for whoever is in front of the page.
  say(error.message);
  throw error;
});
// Who reloads the page comes back to the same room.
history.replaceState(null, "", `?roomId=${cignal.id}`);

cignal.attach(find("own"), { peer: cignal.data.myPeerId });
cignal.attach(find("other"));

cignal.on("peerJoined", (name) => {
  say(`${name} is here.`);
  find("call").disabled = false;
});
cignal.on("peerHangUp", (_gone, { peer }) => {
  say(`${peer.name} has left.`);
  find("call").disabled = true;
});
cignal.on("reconnecting", ({ peer }) => say(`The connection to ${peer.name} is interrupted…`));
cignal.on("reconnected", ({ peer }) => say(`${peer.name} is here.`));
cignal.on("clientError", ({ reason }) => say(reason));

find("copy").onclick = () => cignal.copyLink(`${location.origin}/?roomId=${cignal.id}`);
find("call").onclick = () => cignal.joinRoom();
find("hang-up").onclick = () => {
  cignal.leaveRoom();
  say("You have left. Reload the page to come back.");
  find("call").disabled = true;
};
