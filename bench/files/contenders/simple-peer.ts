import SimplePeer from "simple-peer/simplepeer.min.js";
import { joinRelay } from "../../setup/relay.js";
import { serve } from "../page.js";

const CHUNK_BYTES = 65_536;
const BLOCK_BYTES = 1_048_576;

/** A stream of objects, as simple-peer keeps text from bytes in no other; a peer has one channel, which takes the lines, too. */
serve(async (side, { onFile, onLine }) => {
  let connect: (peer: SimplePeer.Instance) => void;
  const connected = new Promise<SimplePeer.Instance>((resolve) => {
    connect = resolve;
  });
  let peer: SimplePeer.Instance | undefined;
  let size = 0;
  let received = 0;
  const parts: Uint8Array<ArrayBuffer>[] = [];

  const take = (data: string | Uint8Array<ArrayBuffer>) => {
    if (typeof data !== "string") {
      parts.push(data);
      received += data.length;
      if (received === size) onFile(new Blob(parts).size);
    } else if (data.startsWith("size ")) size = Number(data.slice(5));
    else onLine(data);
  };
  const begin = (initiator: boolean) => {
    const made = new SimplePeer({ initiator, config: side.rtc, objectMode: true });
    made.on("signal", relay.send);
    made.on("data", take);
    made.on("connect", () => connect(made));
    peer = made;
    return made;
  };
  const relay = await joinRelay(side, (message) => {
    (peer ?? begin(false)).signal(message as SimplePeer.SignalData);
  });
  if (side.isSender) void relay.ready.then(() => begin(true));

  const send = async (file: File) => {
    const to = await connected;
    to.send(`size ${file.size}`);
    for (let from = 0; from < file.size; from += BLOCK_BYTES) {
      const block = new Uint8Array(await file.slice(from, from + BLOCK_BYTES).arrayBuffer());
      for (let at = 0; at < block.length; at += CHUNK_BYTES) {
        const hasRoom = to.write(block.subarray(at, at + CHUNK_BYTES));
        if (!hasRoom) await new Promise((resolve) => to.once("drain", resolve));
      }
    }
  };
  return { ready: connected, send, say: (line) => peer?.send(line) };
});
