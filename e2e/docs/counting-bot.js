import { createRoom, onTrack } from "cignal-client/node";

const { CIGNAL_URL: url, ROOM: roomId } = process.env;
const bot = await createRoom({ url, roomId, peerName: "Counter" });
const packets = { audio: 0, video: 0 };

bot.on("remoteStream", (stream) => {
  onTrack(stream, (track) => {
    track.onRtp(() => {
      packets[track.kind] += 1;
    });
  });
});
bot.on("peerHangUp", async (_gone, { peer }) => {
  console.log(`${peer.name} has left. So far ${JSON.stringify(packets)}`);
  if (bot.peers.length === 0) await bot.leaveRoom();
});
if (bot.peers.length > 0) await bot.joinRoom();
