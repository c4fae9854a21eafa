import { expect, it, onTestFinished, vi } from "vitest";
import * as werift from "werift";
import { NodePeerConnection } from "./node-peer-connection.js";
import { guardSctp, isWellFormed } from "./sctp-guard.js";
import type { Description } from "./sdp-text.js";

/** What the peer of these tests does with its own SCTP. */
interface Hostile {
  transport: { send: (packet: Buffer) => Promise<void> };
  sendChunk: (chunk: { bytes: Buffer }) => Promise<void>;
  send: (streamId: number, protocol: number, data: Buffer) => Promise<void>;
}

/** One that is attacked, and the SCTP of the other. */
async function attacked() {
  const made: werift.RTCPeerConnection[] = [];
  const spied = {
    ...werift,
    RTCPeerConnection: class extends werift.RTCPeerConnection {
      constructor(config: Partial<werift.PeerConfig>) {
        super(config);
        made.push(this);
      }
    },
  };
  const [one, other] = [new NodePeerConnection(werift), new NodePeerConnection(spied)];
  onTestFinished(() => {
    one.close();
    other.close();
  });
  for (const [from, to] of [[one, other] as const, [other, one] as const]) {
    from.addEventListener("icecandidate", (event) => {
      const { candidate } = event as unknown as { candidate: { candidate: string } };
      void to.addIceCandidate(candidate).catch(() => {});
    });
  }
  const channels = [one, other].map((pc) =>
    pc.createDataChannel("cignal", { negotiated: true, id: 0 }),
  );
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription as Description);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription as Description);
  await vi.waitFor(
    () => expect(channels.map(({ readyState }) => readyState)).toEqual(["open", "open"]),
    10_000,
  );
  const hostile = made[0]?.sctpTransport?.sctp as unknown as Hostile;
  const goesOn = async () => {
    const heard = vi.fn();
    channels[0]?.addEventListener("message", (event) => heard((event as MessageEvent).data));
    channels[1]?.send("still there");
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith("still there"));
  };
  return { hostile, goesOn };
}

const chunk = (type: number, body: Buffer, length = body.length + 4) => {
  const bytes = Buffer.concat([Buffer.of(type, 0, length >> 8, length & 255), body]);
  return { bytes };
};

it("does not end the process by what is no SCTP, or answers nothing", async () => {
  const { hostile, goesOn } = await attacked();
  for (const packet of [Buffer.of(1), Buffer.alloc(40), Buffer.alloc(1_000, 255)]) {
    await hostile.transport.send(packet);
  }
  const zeros = Buffer.alloc(20);
  await hostile.sendChunk(chunk(77, zeros));
  // What is acknowledged is more than what is there, and pieces of nothing.
  await hostile.sendChunk(chunk(3, Buffer.alloc(12, 255)));
  await hostile.sendChunk(chunk(192, Buffer.of(1)));
  await hostile.sendChunk(chunk(0, Buffer.of(1)));
  await hostile.sendChunk(chunk(130, Buffer.of(0, 13, 0, 4)));
  // The opening of a channel that nobody has opened is acknowledged; a message is of no kind (RFC 8831, section 8).
  await hostile.send(40, 50, Buffer.of(2));
  await hostile.send(0, 9, Buffer.of(2));
  await goesOn();
});

it("is not kept busy by chunks and parameters without a length", async () => {
  const { hostile, goesOn } = await attacked();
  await hostile.sendChunk(chunk(0, Buffer.alloc(12), 0));
  await hostile.sendChunk(chunk(4, Buffer.from([0, 1, 0, 0])));
  await goesOn();
});

it("takes what is as long as it says", () => {
  const packet = (...chunks: { bytes: Buffer }[]) =>
    Buffer.concat([Buffer.alloc(12), ...chunks.map(({ bytes }) => bytes)]);
  const data = chunk(0, Buffer.alloc(12));
  const parameter = Buffer.of(0, 7, 0, 5, 1);
  expect(isWellFormed(packet(data, chunk(4, parameter)))).toBe(true);
  expect(isWellFormed(packet(data, chunk(1, Buffer.concat([Buffer.alloc(16), parameter]))))).toBe(
    true,
  );
  expect(isWellFormed(packet(data, chunk(0, Buffer.alloc(12), 17)))).toBe(false);
  expect(isWellFormed(packet(chunk(0, Buffer.alloc(12), 3), data))).toBe(false);
  expect(isWellFormed(packet(chunk(4, Buffer.of(0, 7, 0, 9, 1))))).toBe(false);
  expect(isWellFormed(packet(chunk(1, Buffer.alloc(20))))).toBe(false);
});

it("keeps no more of what is never whole than a bound", async () => {
  const handleData = vi.fn(async () => {});
  const sctp = { handleData, advertisedRwnd: 0, sackMisOrdered: new Set<number>() };
  guardSctp({ sctp } as unknown as werift.RTCSctpTransport);
  const take = () => sctp.handleData(...([Buffer.alloc(12)] as unknown as []));
  await take();
  sctp.advertisedRwnd = -16_777_217;
  await take();
  sctp.advertisedRwnd = 0;
  for (let tsn = 0; tsn <= 16_384; tsn++) sctp.sackMisOrdered.add(2 * tsn);
  await take();
  expect(handleData).toHaveBeenCalledTimes(1);
});
