import { type DataConnection, Peer } from "peerjs";
import { serve } from "../page.js";

/** PeerJS cuts what it is given into pieces by itself, and gives the whole at the other end. */
serve(async (side, { onFile, onLine }) => {
  const peer = new Peer(side.me, { host: side.host, port: side.port, config: side.rtc });
  peer.on("connection", (connection) =>
    connection.on("data", (data) => {
      if (connection.label === "chat") onLine(String(data));
      else onFile(new Blob([data as ArrayBuffer]).size);
    }),
  );
  await new Promise((resolve) => peer.once("open", resolve));
  if (!side.isSender) return { ready: Promise.resolve(), send: nothing, say: nothing };

  const connections = ["file", "chat"].map((label) =>
    peer.connect(side.other, { label, reliable: true }),
  ) as [DataConnection, DataConnection];
  const [file, chat] = connections;
  return {
    ready: Promise.all(
      connections.map((connection) => new Promise<void>((open) => connection.once("open", open))),
    ),
    send: (it) => file.send(it),
    say: (line) => chat.send(line),
  };
});

const nothing = () => {};
