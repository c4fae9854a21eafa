import { Peer } from "peerjs";
import { serve } from "../page.js";

serve(async (side, onStream) => {
  const local = await navigator.mediaDevices.getUserMedia(side.media);
  const peer = new Peer(side.me, {
    host: side.host,
    port: side.port,
    config: side.rtc,
  });
  peer.on("call", (call) => {
    call.on("stream", onStream);
    call.answer(local);
  });
  const ready = new Promise((resolve) => peer.once("open", resolve));
  await ready;
  return { ready, call: () => peer.call(side.other, local).on("stream", onStream) };
});
