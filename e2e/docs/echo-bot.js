import { createRoom, onTrack } from "cignal-client/node";

const { CIGNAL_URL: url, ROOM: roomId } = process.env;
const bot = await createRoom({ url, roomId, peerName: "Echo" });

bot.on("remoteStream", (stream) => {
  onTrack(stream, (track) => {
    const source = track.kind === "audio" ? bot.microphone : bot.camera;
    void source.use(track);
  });
});
bot.on("information", (data, { peer }) => bot.inform(data, { to: peer.id }));
bot.on("clientError", ({ reason }) => console.error(reason));
bot.on("peerHangUp", () => bot.peers.length === 0 && bot.leaveRoom());
if (bot.peers.length > 0) await bot.joinRoom();
