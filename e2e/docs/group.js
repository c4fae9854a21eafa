const people = document.querySelector("#people");
const tiles = new Map();

cignal.on("peerJoined", (name, { peer }) => {
  const tile = document.createElement("figure");
  const video = document.createElement("video");
  const caption = document.createElement("figcaption");
  video.playsInline = true;
  caption.textContent = name;
  tile.append(video, caption);
  people.append(tile);
  tiles.set(peer.id, { tile, detach: cignal.attach(video, { peer: peer.id }) });
});

cignal.on("peerHangUp", (_gone, { peer }) => {
  const { tile, detach } = tiles.get(peer.id);
  detach();
  tile.remove();
  tiles.delete(peer.id);
});

// Whoever comes calls those who are there.
if (cignal.peers.length > 0) await cignal.joinRoom();
