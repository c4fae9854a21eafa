import { Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { expect, it, onTestFinished, vi } from "vitest";
import * as werift from "werift";
import { NodePeerConnection } from "./node-peer-connection.js";
import { RtpTrack } from "./rtp-track.js";
import type { Description } from "./sdp-text.js";

/** Two that exchange descriptions and candidates as Cignal's peers do, on the addresses of this machine. */
function pair(): [NodePeerConnection, NodePeerConnection] {
  const both = [new NodePeerConnection(werift), new NodePeerConnection(werift)] as const;
  for (const [one, other] of [both, [both[1], both[0]] as const]) {
    one.addEventListener("icecandidate", (event) => {
      const { candidate } = event as unknown as { candidate: { candidate: string } };
      void other.addIceCandidate(candidate).catch(() => {});
    });
  }
  onTestFinished(() => {
    for (const pc of both) pc.close();
  });
  return [...both];
}

const local = (pc: NodePeerConnection) => pc.localDescription as Description;

async function negotiate(offerer: NodePeerConnection, answerer: NodePeerConnection) {
  await offerer.setLocalDescription();
  await answerer.setRemoteDescription(local(offerer));
  for (const transceiver of answerer.getTransceivers()) {
    if (transceiver.direction === "recvonly") transceiver.direction = "sendrecv";
  }
  await answerer.setLocalDescription();
  await offerer.setRemoteDescription(local(answerer));
}

const channelOf = (pc: NodePeerConnection) =>
  pc.createDataChannel("cignal", { negotiated: true, id: 0 });

const connected = (...all: NodePeerConnection[]) =>
  vi.waitFor(
    () =>
      expect(all.map(({ connectionState }) => connectionState)).toEqual(all.map(() => "connected")),
    10_000,
  );

it("connects without asking anybody else, and without waiting for candidates", async () => {
  const send = vi.spyOn(Socket.prototype, "send");
  const [one, other] = pair();
  one.addTransceiver("audio");
  one.addTransceiver("video");
  const channels = [channelOf(one), channelOf(other)] as const;
  const states: string[] = [];
  one.addEventListener("connectionstatechange", () => states.push(one.connectionState));
  await negotiate(one, other);
  await connected(one, other);
  const own = Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map((each) => each.address),
  );
  expect(send).toHaveBeenCalled();
  for (const [, , address] of send.mock.calls) expect(own).toContain(address);
  expect(states).toEqual(["connecting", "connected"]);

  const heard = vi.fn();
  channels[1].addEventListener("message", (event) => heard((event as MessageEvent).data));
  await vi.waitFor(() => expect(channels[0].readyState).toBe("open"), 10_000);
  channels[0].send("text");
  channels[0].send(Uint8Array.of(0, 1, 2).subarray(1));
  await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2));
  expect(heard.mock.calls).toEqual([["text"], [Uint8Array.of(1, 2).buffer]]);
});

it("sends whatever track is there, on one stream, and asks its source for whole pictures", async () => {
  const [one, other] = pair();
  one.addTransceiver("audio");
  const { sender } = one.addTransceiver("video");
  const [first, second] = [new RtpTrack("video"), new RtpTrack("video")];
  const asked = vi.fn();
  second.onKeyFrameRequest(asked);
  channelOf(one);
  await negotiate(one, other);
  await connected(one, other);

  const { track } = other.getTransceivers()[1]?.receiver ?? {};
  const heard: number[] = [];
  track?.onRtp(({ header }) => heard.push(header.sequenceNumber));
  const write = (to: RtpTrack, sequenceNumber: number) =>
    to.writeRtp(
      new werift.RtpPacket(new werift.RtpHeader({ sequenceNumber, marker: true }), Buffer.of(1)),
    );
  await sender.replaceTrack(first);
  for (const number of [10, 11]) write(first, number);
  await sender.replaceTrack(second);
  for (const number of [500, 501]) write(second, number);
  write(first, 12);
  await vi.waitFor(() => expect(heard).toEqual([10, 11, 12, 13]));
  expect(asked).toHaveBeenCalledOnce();
  track?.requestKeyFrame();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  // Whoever asks without end is no reason to send whole pictures alone; nor is a clock that was set back one to send none.
  const receivers = vi.spyOn(werift.RTCRtpReceiver.prototype, "sendRtcpPLI").mock;
  const clock = vi.spyOn(Date, "now").mockReturnValue(0);
  await vi.waitFor(() => {
    track?.requestKeyFrame();
    expect(receivers.contexts.length).toBeGreaterThan(0);
  });
  clock.mockRestore();
  const [[ssrc = 0] = []] = receivers.calls;
  const [receiver] = receivers.contexts as werift.RTCRtpReceiver[];
  const before = asked.mock.calls.length;
  for (let i = 0; i < 200; i++) await receiver?.sendRtcpPLI(ssrc);
  await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(before));
  expect(asked.mock.calls.length - before).toBeLessThan(10);

  const count = async (pc: NodePeerConnection, type: string, counter: string) => {
    const all = [...(await pc.getStats()).values()] as Record<string, unknown>[];
    return all.filter((stats) => stats["type"] === type).map((stats) => stats[counter]);
  };
  expect(await count(one, "outbound-rtp", "packetsSent")).toEqual([0, 4]);
  expect(await count(other, "inbound-rtp", "packetsReceived")).toEqual([0, 4]);

  other.close();
  expect(track?.readyState).toBe("ended");
  await expect(other.getTransceivers()[1]?.sender.replaceTrack(first)).rejects.toThrow();
});

it("goes on over the old path while an ICE restart looks for a new one, from either side", async () => {
  const [one, other] = pair();
  one.addTransceiver("audio");
  const channels = [channelOf(one), channelOf(other)] as const;
  await negotiate(one, other);
  await connected(one, other);
  await vi.waitFor(() => expect(channels[0].readyState).toBe("open"), 10_000);
  const heard = vi.fn();
  channels[1].addEventListener("message", (event) => heard((event as MessageEvent).data));
  for (const [offerer, answerer] of [[one, other] as const, [other, one] as const]) {
    const before = local(offerer).sdp.match(/a=ice-ufrag:.*/)?.[0];
    heard.mockClear();
    offerer.restartIce();
    await offerer.setLocalDescription();
    expect(local(offerer).sdp).not.toContain(before);
    channels[0].send("meanwhile");
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith("meanwhile"));
    await answerer.setRemoteDescription(local(offerer));
    await answerer.setLocalDescription();
    await offerer.setRemoteDescription(local(answerer));
    channels[0].send("afterwards");
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith("afterwards"));
    expect([one, other].map(({ connectionState }) => connectionState)).toEqual([
      "connected",
      "connected",
    ]);
  }
});

it("needs a negotiation for what the other side does not know, and for nothing else", async () => {
  const [one, other] = pair();
  const needed = { one: vi.fn(), other: vi.fn() };
  one.addEventListener("negotiationneeded", needed.one);
  other.addEventListener("negotiationneeded", needed.other);
  one.addTransceiver("audio");
  one.addTransceiver("video");
  channelOf(one);
  channelOf(other);
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  await settled();
  expect(needed.one).toHaveBeenCalledOnce();
  await negotiate(one, other);
  await settled();
  expect(needed.one).toHaveBeenCalledOnce();

  needed.other.mockClear();
  const added = other.addTransceiver("video", { direction: "sendonly" });
  await settled();
  expect(needed.other).toHaveBeenCalledOnce();
  // Theirs comes first, and is not ours.
  one.addTransceiver("video", { direction: "sendonly" });
  await negotiate(one, other);
  expect(added.mid).toBeNull();
  await settled();
  expect(needed.other).toHaveBeenCalledTimes(2);
  await negotiate(other, one);
  expect(added.mid).not.toBeNull();
  expect(other.getTransceivers()).toHaveLength(4);
});

it("gives way in glare: an offer that comes while ours is out takes its place", async () => {
  const [one, other] = pair();
  one.addTransceiver("audio");
  await negotiate(one, other);
  other.addTransceiver("video", { direction: "sendonly" });
  await other.setLocalDescription();
  one.addTransceiver("video", { direction: "sendonly" });
  await negotiate(one, other);
  expect([one, other].map(({ signalingState }) => signalingState)).toEqual(["stable", "stable"]);
  await negotiate(other, one);
  expect(one.getTransceivers()).toHaveLength(3);
});

it("tells no address of this machine in privacy mode, not even without a relay", async () => {
  const pc = new NodePeerConnection(werift, { iceTransportPolicy: "relay" });
  onTestFinished(() => pc.close());
  const candidates = vi.fn();
  pc.addEventListener("icecandidate", candidates);
  pc.addTransceiver("audio");
  await pc.setLocalDescription();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(candidates).not.toHaveBeenCalled();
  expect(local(pc).sdp).not.toContain("a=candidate");
});

it("leaves no socket behind, not even one for a TURN server that does not answer", async () => {
  const bind = vi.spyOn(Socket.prototype, "bind");
  const closed = vi.spyOn(Socket.prototype, "close");
  const silent = { urls: "turn:127.0.0.1:9", username: "ada", credential: "secret" };
  const pc = new NodePeerConnection(werift, { iceServers: [silent] });
  pc.addTransceiver("audio");
  await pc.setLocalDescription();
  await vi.waitFor(() => expect(bind.mock.contexts.length).toBeGreaterThan(1));
  pc.close();
  await vi.waitFor(() =>
    expect(closed.mock.contexts).toEqual(expect.arrayContaining(bind.mock.contexts)),
  );
});

it("tries no more addresses than a bound, however many the other side names", async () => {
  const add = vi.spyOn(werift.RTCPeerConnection.prototype, "addIceCandidate");
  const [one, other] = pair();
  one.addTransceiver("audio");
  await one.setLocalDescription();
  await other.setRemoteDescription(local(one));
  for (let port = 1; port <= 300; port++) {
    const candidate = `candidate:1 1 udp 1 127.0.0.1 ${port} typ host`;
    await other.addIceCandidate({ candidate, sdpMLineIndex: 0 });
  }
  expect(add.mock.calls.length).toBeLessThanOrEqual(100);
});

it("opens channels under names that are not ASCII", async () => {
  const [one, other] = pair();
  const labels: string[][] = [];
  other.addEventListener("datachannel", (event) => {
    const { label, protocol } = (event as unknown as { channel: RTCDataChannel }).channel;
    labels.push([label, protocol]);
  });
  one.createDataChannel("channel/größe", { protocol: "ключ" });
  one.createDataChannel("channel/x", { protocol: "y" });
  await negotiate(one, other);
  await vi.waitFor(() => expect(labels).toHaveLength(2), 10_000);
  expect(labels).toEqual([
    ["channel/größe", "ключ"],
    ["channel/x", "y"],
  ]);
});
