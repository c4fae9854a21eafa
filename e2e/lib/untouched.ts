import { expect } from "@playwright/test";
import { interruptionsOf } from "./interruptions.js";
import { expectAudio, expectFrames } from "./media.js";
import type { Peer } from "./peer.js";

/** The id of the socket, if it is connected. */
export const socketOf = (peer: Peer) =>
  peer.page.evaluate(() => (cignal.socket?.connected ? cignal.socket.id : undefined));

/** Both are in the room, nobody was gone since `watchForInterruptions`, and what one says the other hears. */
export async function expectUntouched(pair: readonly [Peer, Peer]): Promise<void> {
  await expectFrames(pair[0].page, pair[1].page);
  await expectAudio(pair[0].page, pair[1].page);
  for (const peer of pair) {
    expect((await peer.state()).peers).toHaveLength(1);
    expect(await interruptionsOf(peer)).toEqual([]);
    expect(await peer.events("peerHangUp")).toEqual([]);
    expect(await peer.events("serverError")).toEqual([]);
    expect(await peer.events("peerJoined")).toHaveLength(1);
    expect(await peer.events("remoteStream")).toHaveLength(1);
  }
}
