/** What a channel may hold before it is handed more, in bytes. */
export interface Marks {
  high: number;
  low: number;
}

/**
 * Hands a channel what `next` gives, as much as keeps it busy and no more: what waits in it delays all that comes after,
 * on other channels of the connection, too. Returns what looks for more; a channel that has room again does so by itself.
 */
export function pace(
  channel: RTCDataChannel,
  { high, low }: Marks,
  next: () => ArrayBuffer | Uint8Array<ArrayBuffer> | undefined,
): () => void {
  const pump = () => {
    while (channel.readyState === "open" && channel.bufferedAmount < high) {
      const data = next();
      if (!data) return;
      // A view and its buffer are one to the browser; the types know an overload for each.
      channel.send(data as ArrayBuffer);
    }
  };
  channel.bufferedAmountLowThreshold = low;
  channel.addEventListener("open", pump);
  channel.addEventListener("bufferedamountlow", pump);
  return pump;
}
