import { type Envelope, ProtocolError, type Sending } from "@cignal/protocol";

/** What an inspector is told who wants to do more than to watch (O11). */
export const onlyWatches = () =>
  new ProtocolError("forbidden", "An inspector only watches, and may not do this.");

/** Whether an inspector may say this: what takes a call without sending anything (O11). */
export function mayInspectorSay({ message }: Envelope): boolean {
  switch (message?.type) {
    case undefined:
    case "candidates":
    case "ended":
    case "beat":
    case "away":
    case "bye":
      return true;
    case "description":
      return message.description.type === "answer" && onlyReceives(message.description.sdp);
    case "accept":
    case "media":
      return isSilent(message.sending);
    default:
      return false;
  }
}

const isSilent = ({ microphone, camera, screen }: Sending) =>
  [microphone, camera, screen].every((use) => use === "off");

/** A section without a direction would be `sendrecv` (RFC 8866, section 6.7); one with port 0 is rejected. */
function onlyReceives(sdp: string): boolean {
  const sections = sdp.split(/^m=/m).slice(1);
  return sections.every((section) => {
    if (!/^(?:audio|video) /.test(section) || /^\S+ 0 /.test(section)) return true;
    const directions = section.match(/^a=(?:sendrecv|sendonly|recvonly|inactive)\b/gm) ?? [];
    return (
      directions.length > 0 &&
      directions.every((line) => line === "a=recvonly" || line === "a=inactive")
    );
  });
}
