import { Cignal } from "cignal-client";
import { serve } from "../page.js";

serve(async ({ port, room, me, media }, onStream) => {
  const cignal = await Cignal.createRoom({
    url: `http://127.0.0.1:${port}`,
    roomId: room,
    peerId: me,
    mediaConstraints: media,
  });
  cignal.on("remoteStream", onStream);
  await new Promise((resolve) => cignal.on("localStream", resolve));
  if (cignal.peers.length === 0) return;
  const outcome = await cignal.joinRoom();
  if (!outcome.success) throw outcome.error;
});
