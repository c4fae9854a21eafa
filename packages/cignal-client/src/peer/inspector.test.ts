import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { peerPair } from "../../test/peer-pair.js";
import { NOTHING } from "../media/local-media.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** `a` takes part, `b` is an inspector. */
const watched = () =>
  peerPair(
    {},
    {
      a: { info: { id: "b", name: "b", inspector: true } },
      b: { receiveOnly: true, outbound: NOTHING },
    },
  );

const directions = (pcs: RTCPeerConnection[]) =>
  pcs.flatMap((pc) => pc.getTransceivers().map(({ currentDirection }) => currentDirection));

it("O11: an inspector offers nothing, answers, and only receives", async () => {
  const { a, b, settle } = watched();
  b.peer.warmUp();
  await settle();
  expect(b.open()).toEqual([]);
  a.peer.warmUp();
  await settle();
  const call = a.peer.call();
  await settle();
  await call;
  expect(b.peer.callState).toBe("in-call");
  expect(directions(b.open() as never[])).toEqual(["recvonly", "recvonly"]);
  expect(directions(a.open() as never[])).toEqual(["sendonly", "sendonly"]);
  expect(a.heard.stream).not.toHaveBeenCalled();
  expect(b.heard.stream).toHaveBeenCalledOnce();
  const said = b.sent.flatMap(({ message }) => message ?? []);
  const offers = said.filter((m) => m.type === "description" && m.description.type === "offer");
  expect(offers).toEqual([]);
  expect(said.map(({ type }) => type)).not.toContain("start");
  expect(a.peer.media).toEqual({ microphone: "off", camera: "off", screen: "off" });
});

it("O11: what an inspector's client says all the same is not told, nor shown", async () => {
  const { a, b, settle } = watched();
  a.peer.warmUp();
  void a.peer.call();
  await settle();
  const { microphone, camera, screen } = { microphone: "on", camera: "on", screen: "on" } as const;
  b.peer.setOutbound({ ...NOTHING, microphone, camera, screen });
  void b.peer.inform("hello");
  await settle();
  expect(a.heard.information).not.toHaveBeenCalled();
  expect(a.heard.media).not.toHaveBeenCalled();
  expect(a.heard.stream).not.toHaveBeenCalled();
});

it("O11: a connection that an inspector cannot use is made anew by the other side", async () => {
  const { a, b, settle } = watched();
  a.peer.warmUp();
  void a.peer.call();
  await settle();
  const [before] = a.open();
  b.peer.receive({
    session: a.sent[0]?.session ?? "",
    number: 0,
    first: 1,
    received: 0,
    message: { type: "ended", connection: b.peer.connection?.id ?? "" },
  });
  await settle();
  expect(b.open()).toHaveLength(1);
  expect(b.peer.connectionState).toBe("connected");
  expect(a.open()[0]).not.toBe(before);
});

it("an inspector is sent nothing any more once the call of the others is over", async () => {
  const { a, b, settle } = watched();
  a.peer.warmUp();
  void a.peer.call();
  await settle();
  a.peer.stop();
  await settle();
  expect([a.peer.callState, b.peer.callState]).toEqual(["waiting", "waiting"]);
  const sent = a.open().flatMap((pc) => pc.getTransceivers().map(({ sender }) => sender.track));
  expect(sent).toEqual([null, null]);
  void a.peer.call();
  await settle();
  expect(b.peer.callState).toBe("in-call");
});
