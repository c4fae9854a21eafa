import { serve } from "../page.js";
import { joinRelay } from "../relay.js";

interface Signal {
  description?: RTCSessionDescriptionInit;
  candidate?: RTCIceCandidateInit;
}

/** What one writes by hand on a WebSocket: the connection made on the click, candidates as they come. */
serve(async (side, onStream) => {
  const local = await navigator.mediaDevices.getUserMedia(side.media);
  let pc: RTCPeerConnection | undefined;

  const connect = () => {
    pc = new RTCPeerConnection(side.rtc);
    pc.onicecandidate = ({ candidate }) => candidate && relay.send({ candidate });
    pc.ontrack = ({ streams: [stream] }) => stream && onStream(stream);
    for (const track of local.getTracks()) pc.addTrack(track, local);
    return pc;
  };

  const describe = async (connection: RTCPeerConnection) => {
    await connection.setLocalDescription();
    relay.send({ description: connection.localDescription });
  };

  const receive = async ({ description, candidate }: Signal) => {
    if (candidate) return pc?.addIceCandidate(candidate);
    if (description?.type === "offer") {
      const connection = connect();
      // Not awaited one by one: the connection itself puts these in order.
      connection.setRemoteDescription(description);
      await describe(connection);
    } else if (description) {
      await pc?.setRemoteDescription(description);
    }
  };

  const relay = await joinRelay(side, (message) => receive(message as Signal));
  return { ready: relay.ready, call: () => describe(connect()) };
});
