import { expect } from "@playwright/test";
import type { Peer } from "./peer.js";

declare global {
  var connectionTo: (peerId: string) => RTCPeerConnection | undefined;
  var kept: Map<string, RTCPeerConnection | undefined>;
}

/** Lets the page find the connection that brings what a peer sends. */
export const watchGroup = ({ page }: Peer) =>
  page.evaluate(() => {
    globalThis.connectionTo = (peerId) => {
      const stream = cignal.peers.find(({ id }) => id === peerId)?.stream;
      return lab.connections.find((pc) =>
        pc.getReceivers().some(({ track }) => stream?.getTracks().includes(track)),
      );
    };
  });

/** The pictures that were decoded of each peer so far, by their id. */
const framesOf = ({ page }: Peer) =>
  page.evaluate(async () => {
    const frames: Record<string, number> = {};
    for (const { id } of cignal.peers) {
      const report = await connectionTo(id)?.getStats();
      for (const stats of report?.values() ?? []) {
        if (stats.type === "inbound-rtp" && stats.kind === "video")
          frames[id] = stats.framesDecoded;
      }
    }
    return frames;
  });

/** Waits until each shows each of the others, with pictures that were decoded from now on. */
export async function expectEverybody(peers: readonly Peer[], ids: readonly string[]) {
  const before = await Promise.all(peers.map(framesOf));
  await Promise.all(
    peers.map(async (peer, index) => {
      const others = ids.filter((_, other) => other !== index);
      const still = async () => {
        const frames = await framesOf(peer);
        return others.filter((id) => (frames[id] ?? 0) < (before[index]?.[id] ?? 0) + 10);
      };
      await expect.poll(still, { message: `who stands still at ${ids[index]}` }).toEqual([]);
    }),
  );
}

/** Remembers the connections to these, for `areKept`. */
export const keepConnections = ({ page }: Peer, ids: readonly string[]) =>
  page.evaluate((ids) => {
    globalThis.kept = new Map(ids.map((id) => [id, connectionTo(id)]));
  }, ids);

/** Those to whom there is the connection that there was, without an interruption. */
export const areKept = ({ page }: Peer) =>
  page.evaluate(() =>
    [...kept].flatMap(([id, pc]) =>
      pc && pc === connectionTo(id) && pc.connectionState === "connected" ? [id] : [],
    ),
  );
