import type * as Werift from "werift";

/** Data Channel Establishment Protocol (RFC 8832), and its DATA_CHANNEL_OPEN. */
const DCEP = 50;
const OPEN = 3;

/** Where it says how many bytes the label and the protocol have. */
const LABEL_LENGTH = 8;
const PROTOCOL_LENGTH = 10;

/** Says how long the names of channels are in bytes. werift counts characters, which cuts off those that are not ASCII. */
export function countNamesInBytes(transport: Werift.RTCSctpTransport): void {
  const { sctp } = transport;
  const { send } = sctp;
  sctp.send = (streamId, protocol, data, options) => {
    const channel = transport.dataChannels[streamId];
    if (protocol === DCEP && data[0] === OPEN && channel) {
      data.writeUInt16BE(Buffer.byteLength(channel.label), LABEL_LENGTH);
      data.writeUInt16BE(Buffer.byteLength(channel.protocol), PROTOCOL_LENGTH);
    }
    return send(streamId, protocol, data, options);
  };
}
