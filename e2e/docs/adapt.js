import { adaptMedia, byUplink } from "cignal-client/adapt";

const adapting = adaptMedia(cignal, { policy: byUplink() });

adapting.on("changed", ({ peers }) => {
  const seen = Object.values(peers).filter(({ video }) => !video?.paused).length;
  document.querySelector("#seen").textContent = `${seen} of ${cignal.peers.length} see you.`;
});
