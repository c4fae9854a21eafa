import type { PeerConnection } from "../../peer/peer-connection.js";
import type { FlowKind, Line } from "./sample.js";

/** What the lines of a connection carry; `screen` is what this side shares. */
export function linesOf(
  { pc, receivers }: Pick<PeerConnection, "pc" | "receivers">,
  screen: MediaStreamTrack | null,
): Line[] {
  const { audio, video, screenVideo } = receivers;
  const received = new Map<MediaStreamTrack | undefined, FlowKind>([
    [audio, "audio"],
    [video, "video"],
    [screenVideo, "screen"],
  ]);
  // What is shared has lines of its own, on which nothing comes; so has its sound, which is not told of.
  const isCalls = (track: MediaStreamTrack) => track === audio || track === video;
  return pc.getTransceivers().map(({ mid, sender, receiver }) => ({
    mid,
    receiver: receiver.track.id,
    receives: received.get(receiver.track),
    sender: sender.track?.id,
    sends: !sender.track
      ? undefined
      : sender.track === screen
        ? "screen"
        : isCalls(receiver.track)
          ? (sender.track.kind as FlowKind)
          : undefined,
    maxFramerate: sender.getParameters().encodings[0]?.maxFramerate,
  }));
}
