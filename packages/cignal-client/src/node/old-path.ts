import type * as Werift from "werift";

type Connection = Werift.RTCIceTransport["connection"];

/**
 * Keeps a path in use while an ICE restart looks for another one (RFC 8445, section 9). werift lets go of it at once: then
 * the very offer that restarts, which goes over the peers' own channel, would not leave.
 */
export function keepOldPath(connection: Connection): void {
  const restart = connection.restart.bind(connection);
  const { send } = connection;
  let old: Connection["nominated"];
  connection.restart = () => {
    // One that has failed is no path.
    old = connection.state === "failed" ? undefined : (connection.nominated ?? old);
    return restart();
  };
  connection.send = async (data) => {
    if (connection.nominated) return send(data);
    await old?.protocol.sendData(data, old.remoteAddr);
  };
}
