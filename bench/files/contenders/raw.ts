import { joinRelay } from "../../setup/relay.js";
import { serve } from "../page.js";

interface Signal {
  description?: RTCSessionDescriptionInit;
  candidate?: RTCIceCandidateInit;
}

const CHUNK_BYTES = 65_536;
/** More than this does not wait in the channel: a deep queue stalls Chromium. */
const QUEUE_BYTES = 65_536;
/** How much is read from the file at once. */
const BLOCK_BYTES = 1_048_576;

/** What one writes by hand: the size, then the file in chunks, which are collected for a Blob. */
serve(async (side, { onFile, onLine }) => {
  const pc = new RTCPeerConnection(side.rtc);
  const files = pc.createDataChannel("files", { negotiated: true, id: 1 });
  const chat = pc.createDataChannel("chat", { negotiated: true, id: 2 });
  const open = new Promise((resolve) => files.addEventListener("open", resolve));
  const isLow = () =>
    new Promise((resolve) => files.addEventListener("bufferedamountlow", resolve, { once: true }));

  let size = 0;
  let received = 0;
  const parts: ArrayBuffer[] = [];
  files.binaryType = "arraybuffer";
  files.bufferedAmountLowThreshold = QUEUE_BYTES;
  files.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === "string") {
      size = Number(data);
      return;
    }
    parts.push(data);
    received += data.byteLength;
    if (received === size) onFile(new Blob(parts).size);
  };
  chat.onmessage = ({ data }) => onLine(data);

  const describe = async () => {
    await pc.setLocalDescription();
    relay.send({ description: pc.localDescription });
  };
  const receive = async ({ description, candidate }: Signal) => {
    if (candidate) return pc.addIceCandidate(candidate);
    if (!description) return;
    await pc.setRemoteDescription(description);
    if (description.type === "offer") await describe();
  };
  const relay = await joinRelay(side, (message) => receive(message as Signal));
  pc.onicecandidate = ({ candidate }) => candidate && relay.send({ candidate });
  if (side.isSender) void relay.ready.then(describe);

  const send = async (file: File) => {
    files.send(String(file.size));
    for (let from = 0; from < file.size; from += BLOCK_BYTES) {
      const block = new Uint8Array(await file.slice(from, from + BLOCK_BYTES).arrayBuffer());
      for (let at = 0; at < block.length; at += CHUNK_BYTES) {
        if (files.bufferedAmount > QUEUE_BYTES) await isLow();
        files.send(block.subarray(at, at + CHUNK_BYTES));
      }
    }
  };
  return { ready: open, send, say: (line) => chat.send(line) };
});
