import { Cignal } from "cignal-client";
import { openChannel } from "cignal-client/channels";
import { openFiles } from "cignal-client/files";
import type { Contender } from "../contender.js";

/** Cignal as docs/files.md shows it. */
export const cignal =
  (to: "disk" | "memory"): Contender =>
  async (side, { onFile, onLine }) => {
    const room = await Cignal.createRoom({
      url: `http://${side.host}:${side.port}`,
      roomId: side.room,
      peerId: side.me,
      mediaConstraints: { audio: false, video: false },
    });
    const chat = openChannel(room, "chat");
    chat.on("message", (line) => onLine(String(line)));
    const files = openFiles(room);
    files.on("offer", async (file) => {
      const outcome = await file.accept({ to });
      if (!outcome.success) throw outcome.error;
      onFile(outcome.file?.size ?? 0);
      await file.remove();
    });
    const ready = new Promise<void>((resolve) => {
      const look = () => {
        if (room.state.peers[0]?.connection === "connected") resolve();
      };
      room.on("stateChanged", look);
      look();
    });
    return { ready, send: (file) => files.sendFile(file), say: (line) => chat.send(line) };
  };
