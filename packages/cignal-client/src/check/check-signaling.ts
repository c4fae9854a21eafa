import type { ProtocolError, ServerMessage } from "@cignal/protocol";
import type { Environment, Settings } from "../options.js";
import { type Finding, failed, ok } from "./report.js";

/** What the core knows of the wire; handed in, so that loading the check does not split the core in two. */
export interface Wire {
  versions: readonly number[];
  read: (type: string, payload: unknown) => ServerMessage | ProtocolError;
}

export interface SignalingFinding {
  finding: Finding;
  /** What a member of a room would get. */
  iceServers?: RTCIceServer[];
}

/** Asks the Cignal server whether it would let us in (H7). No room learns of it. */
export function checkSignaling(
  { serverUrl: url, path, token, timeoutMs }: Settings,
  { browser, openSocket }: Environment,
  { versions, read }: Wire,
): Promise<SignalingFinding> {
  return new Promise((resolve) => {
    const socket = openSocket({ url, path }, (send) => {
      const roomId = browser.randomId();
      const hello = { protocol: versions, roomId, peerId: browser.randomId(), check: true };
      const greet = (token: string | undefined) => send({ ...hello, ...(token && { token }) });
      if (typeof token !== "function") return greet(token);
      new Promise<string>((resolve) => resolve(token())).then(greet, () => {
        end(failed("token-failed", "The option token gave no token."));
      });
    });
    const end = (finding: Finding, iceServers?: RTCIceServer[]) => {
      clearTimeout(timer);
      socket.disconnect();
      resolve({ finding, ...(iceServers && { iceServers }) });
    };
    const timer = setTimeout(() => {
      const message = `The server at ${url} did not answer within ${timeoutMs / 1000} s. Check the network, and that it runs.`;
      end(failed("server-unreachable", message));
    }, timeoutMs);
    socket.on("connect_error", (error) => {
      if (socket.active) return;
      const message = `${url} is a Socket.IO server without Cignal (${error.message}). Call initSocketServer(io) there.`;
      end(failed("not-a-cignal-server", message));
    });
    socket.onAny((type, payload) => {
      const message = read(type, payload);
      if (!("type" in message)) return;
      switch (message.type) {
        case "checked":
        // What an older server answers; we leave its room by closing the socket (L2).
        case "welcome":
          return end(ok("The server answered and would let you in."), message.payload.iceServers);
        case "refused":
          return end(failed(message.payload.code, message.payload.message));
      }
    });
    socket.connect();
  });
}
