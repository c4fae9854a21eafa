import SimplePeer from "simple-peer/simplepeer.min.js";
import { serve } from "../page.js";
import { joinRelay } from "../relay.js";

serve(async (side, onStream) => {
  const stream = await navigator.mediaDevices.getUserMedia(side.media);
  let peer: SimplePeer.Instance | undefined;

  const connect = (initiator: boolean) => {
    peer = new SimplePeer({ initiator, stream, config: side.rtc });
    peer.on("signal", relay.send);
    peer.on("stream", onStream);
    return peer;
  };

  const relay = await joinRelay(side, (message) => {
    peer ??= connect(false);
    peer.signal(message as SimplePeer.SignalData);
  });
  return { ready: relay.ready, call: () => connect(true) };
});
