import { expect } from "@playwright/test";
import type { Cignal } from "cignal-client";
import { createRoom, type NodeOptions, onTrack, RtpTrack } from "cignal-client/node";
import { RtpHeader, RtpPacket } from "werift";

/** More than could be left in a buffer. */
const NEW_PACKETS = 10;

type Kind = "audio" | "video" | "screen";

/** A headless peer that counts what it receives of each other, and can send pictures that nobody can look at. */
export class Bot {
  readonly cignal: Cignal;
  /** Why it had to recover. */
  readonly interruptions: string[] = [];
  readonly informations: unknown[] = [];
  readonly errors: unknown[] = [];
  readonly #packets = new Map<string, number>();
  readonly #track = new RtpTrack("video");
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(cignal: Cignal) {
    this.cignal = cignal;
    cignal.on("remoteStream", (stream, { peer }) => this.#count(peer.id, stream));
    cignal.on("screenStream", (stream, { peer }) => {
      if (stream) this.#count(peer.id, stream, "screen");
    });
    cignal.on("reconnecting", ({ cause }) => this.interruptions.push(cause));
    cignal.on("information", (data) => this.informations.push(data));
    cignal.on("clientError", ({ error }) => this.errors.push(error));
  }

  static async enter(options: NodeOptions): Promise<Bot> {
    return new Bot(await createRoom(options));
  }

  /** Sends 50 packets of pictures a second. */
  async send(): Promise<void> {
    const payload = Buffer.alloc(200);
    let sent = 0;
    this.#timer = setInterval(() => {
      sent++;
      const header = new RtpHeader({
        sequenceNumber: sent % 65_536,
        timestamp: sent * 1_800,
        marker: true,
      });
      this.#track.writeRtp(new RtpPacket(header, payload));
    }, 20);
    expect(await this.cignal.camera.use(this.#track)).toEqual({ success: true });
  }

  /** Waits until this many others are in the room. */
  async sees(others: number): Promise<void> {
    await expect.poll(() => this.cignal.state.peers.length).toBe(others);
  }

  /** Waits until packets of these come from each of them from now on. */
  async receives(peerIds: string[], ...kinds: Kind[]): Promise<void> {
    for (const id of peerIds) {
      for (const kind of kinds) {
        const before = this.#received(id, kind);
        await expect
          .poll(() => this.#received(id, kind), { message: `${kind} of ${id}` })
          .toBeGreaterThan(before + NEW_PACKETS);
      }
    }
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.cignal.leaveRoom();
  }

  #received(peerId: string, kind: Kind): number {
    return this.#packets.get(`${peerId} ${kind}`) ?? 0;
  }

  #count(peerId: string, stream: MediaStream, screen?: "screen"): void {
    onTrack(stream, (track) => {
      const key = `${peerId} ${screen ?? track.kind}`;
      track.onRtp(() => this.#packets.set(key, (this.#packets.get(key) ?? 0) + 1));
    });
  }
}
