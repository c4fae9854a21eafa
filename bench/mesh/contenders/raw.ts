import { serve } from "../page.js";

interface Signal {
  from: string;
  to: string;
  description?: RTCSessionDescriptionInit;
  candidate?: RTCIceCandidateInit;
}

/** What one writes by hand: a connection for each of those who are there, over a WebSocket that tells everybody everything. */
serve(async ({ port, room, me, media }, onStream) => {
  const local = await navigator.mediaDevices.getUserMedia(media);
  const connections = new Map<string, RTCPeerConnection>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/?room=${room}&id=${me}`);
  const send = (to: string, signal: Omit<Signal, "from" | "to">) =>
    socket.send(JSON.stringify({ type: "message", message: { ...signal, from: me, to } }));

  const connect = (other: string) => {
    const pc = new RTCPeerConnection();
    connections.set(other, pc);
    pc.onicecandidate = ({ candidate }) =>
      candidate && send(other, { candidate: candidate.toJSON() });
    pc.ontrack = ({ streams: [stream] }) => stream && onStream(stream);
    for (const track of local.getTracks()) pc.addTrack(track, local);
    return pc;
  };
  const describe = async (other: string, pc: RTCPeerConnection) => {
    await pc.setLocalDescription();
    if (pc.localDescription) send(other, { description: pc.localDescription.toJSON() });
  };
  const receive = async ({ from, to, description, candidate }: Signal) => {
    if (to !== me) return;
    const pc = connections.get(from) ?? connect(from);
    if (candidate) return pc.addIceCandidate(candidate);
    if (!description) return;
    const described = pc.setRemoteDescription(description);
    if (description.type === "offer") await describe(from, pc);
    await described;
  };

  await new Promise<void>((entered) => {
    socket.onmessage = ({ data }) => {
      const received = JSON.parse(data);
      if (received.type === "message") void receive(received.message);
      if (received.type !== "welcome") return;
      // Whoever comes calls those who are there.
      for (const other of received.peers) void describe(other, connect(other));
      entered();
    };
  });
});
