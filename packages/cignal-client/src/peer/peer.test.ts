import type { Envelope, PeerMessage } from "@cignal/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Action } from "../../test/explore/actions.js";
import { play } from "../../test/explore/explore.js";
import { fakeBrowser } from "../../test/fake-browser.js";
import { outbound } from "../../test/fake-media.js";
import { type Pair, peerPair, type Side, tick } from "../../test/peer-pair.js";
import { CignalError } from "../errors.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** As somebody sends it who keeps to no numbers. */
const loose = (message: PeerMessage, session = "a-stranger"): Envelope => ({
  session,
  number: 0,
  first: 1,
  received: 0,
  message,
});

const sentTracks = ({ open }: Side) =>
  open().flatMap((pc) => pc.getTransceivers().map(({ sender }) => sender.track));

function expectOneCall({ a, b }: Pair) {
  for (const { peer, open, heard, tracks } of [a, b]) {
    expect(peer.callState).toBe("in-call");
    expect(peer.connectionState).toBe("connected");
    expect(open()).toHaveLength(1);
    const [pc] = open();
    expect(pc?.signalingState).toBe("stable");
    expect(pc?.getTransceivers().map(({ currentDirection }) => currentDirection)).toEqual([
      "sendrecv",
      "sendrecv",
    ]);
    expect(pc?.getTransceivers().map(({ sender }) => sender.track)).toEqual([
      tracks.audio,
      tracks.video,
    ]);
    expect(heard.stream).toHaveBeenCalledOnce();
    expect(heard.error).not.toHaveBeenCalled();
  }
}

describe("the warm path", () => {
  it("P2: connects before the call, with both kinds negotiated both ways and nothing sent", async () => {
    const pair = peerPair();
    pair.b.peer.warmUp();
    await pair.settle();
    for (const side of [pair.a, pair.b]) {
      expect(side.peer.connectionState).toBe("connected");
      expect(side.peer.callState).toBe("waiting");
      expect(sentTracks(side)).toEqual([null, null]);
      expect(side.heard.stream).not.toHaveBeenCalled();
    }
  });

  it("P3: starts the call without the server", async () => {
    const pair = peerPair();
    pair.b.peer.warmUp();
    await pair.settle();
    const before = pair.a.sent.length + pair.b.sent.length;
    await pair.a.peer.call();
    await pair.settle();
    expectOneCall(pair);
    expect(pair.a.sent.length + pair.b.sent.length).toBe(before);
    expect(pair.b.heard.called).toHaveBeenCalledOnce();
    expect(pair.a.heard.called).not.toHaveBeenCalled();
  });

  it("P3: both may start at the same time", async () => {
    const pair = peerPair();
    pair.b.peer.warmUp();
    await pair.settle();
    await Promise.all([pair.a.peer.call(), pair.b.peer.call()]);
    await pair.settle();
    expectOneCall(pair);
    expect(pair.a.heard.called).not.toHaveBeenCalled();
    expect(pair.b.heard.called).not.toHaveBeenCalled();
  });

  it("a start that overtakes the connection begins the call when it is there", async () => {
    const pair = peerPair();
    pair.b.peer.warmUp();
    const call = pair.a.peer.call();
    await pair.settle();
    await call;
    expectOneCall(pair);
  });
});

describe("the cold path", () => {
  it("P2: keeps an offer unanswered until the call starts", async () => {
    const pair = peerPair({ warm: false });
    pair.a.peer.warmUp();
    await pair.settle();
    expect(pair.a.open()).toHaveLength(0);
    await Promise.all([pair.a.peer.call(), pair.settle()]);
    expectOneCall(pair);
  });

  it("S4: sends the candidates of one moment in one message", async () => {
    const pair = peerPair({ warm: false });
    await Promise.all([pair.a.peer.call(), pair.settle()]);
    const batches = pair.a.sent.filter(({ message }) => message?.type === "candidates");
    expect(batches).toHaveLength(1);
  });
});

describe("what arrives in an odd order", () => {
  const reorder = (pair: Pair, type: string) => {
    const { outbox } = pair.a;
    outbox.sort((x, y) => Number(y.message?.type === type) - Number(x.message?.type === type));
  };

  it("S4, DEFECTS 11: candidates that overtake their offer still connect", async () => {
    const pair = peerPair({ warm: false });
    const call = pair.a.peer.call();
    await tick();
    reorder(pair, "candidates");
    expect(pair.a.outbox[0]?.message?.type).toBe("candidates");
    await pair.settle();
    await call;
    expectOneCall(pair);
  });

  it("S3: a late answer of an ended connection is dropped", async () => {
    const pair = peerPair();
    pair.a.peer.warmUp();
    await tick();
    pair.b.peer.warmUp();
    await pair.settle();
    const answer = pair.a.sent.find(
      ({ message }) => message?.type === "description" && message.description.type === "answer",
    );
    if (answer?.message?.type !== "description") throw new Error("no answer was sent");
    const late = { ...answer.message, connection: "long-ended" };
    pair.b.peer.receive(loose(late, answer.session));
    pair.b.peer.receive(loose(answer.message, answer.session));
    pair.b.peer.receive(answer);
    await pair.settle();
    expect(pair.b.peer.connectionState).toBe("connected");
    expect(pair.b.heard.error).not.toHaveBeenCalled();
  });

  it("S3: a description that no browser can read is an error, and the peer stays", async () => {
    const pair = peerPair();
    const description = { type: "offer", sdp: "nonsense" } as const;
    pair.a.peer.receive(loose({ type: "description", connection: "x", description }));
    await pair.settle();
    expect(pair.a.heard.error).toHaveBeenCalledWith(
      expect.objectContaining({ code: "connection-failed" }),
    );
    expect(pair.a.peer.callState).toBe("waiting");
  });

  it("S5, S6, DEFECTS 11: any order of delivery and any moment of either click gives one connection", async () => {
    const step = fc.constantFrom("a delivers", "b delivers", "time passes", "a calls", "b calls");
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.boolean(),
        fc.subarray(["a", "b"] as const),
        async (steps, warm, warmers) => {
          const pair = peerPair({ warm });
          for (const side of warmers) pair[side].peer.warmUp();
          const calls: Promise<void>[] = [];
          for (const what of steps) {
            if (what === "a delivers") pair.deliver("a");
            else if (what === "b delivers") pair.deliver("b");
            else if (what === "time passes") await tick();
            else calls.push((what === "a calls" ? pair.a : pair.b).peer.call());
          }
          calls.push(pair.a.peer.call());
          await pair.settle();
          await Promise.all(calls);
          expectOneCall(pair);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe("what exploring has found", () => {
  const found: [title: string, warm: boolean, trace: Action[]][] = [
    [
      "S3: a connection that a page before the reload took up is made anew",
      true,
      ["warm a", "20 ms", "warm b", "reload a"],
    ],
    [
      "S5: an offer from somebody who has had ours is no glare",
      true,
      ["warm b", "deliver b", "lose a", "fail a", "call a"],
    ],
    ["D7: a reload without the warm path is noticed", false, ["call b", "calm", "reload a"]],
    [
      "P6: a page that comes back unheard is not waited for forever",
      false,
      ["call b", "calm", "reload a", "lose a"],
    ],
    [
      "K4: two who hear of their call after a reload of both connect",
      false,
      ["call b", "calm", "reload a", "deliver a", "reload b"],
    ],
    ["P3: who gives a call up transmits no longer", false, ["call a", "16 s"]],
  ];
  it.each(found)("%s", async (_title, warm, trace) => {
    await import("./recovery.js");
    const { wrong } = await play({ warm, start: [], alphabet: [] }, trace);
    expect(wrong).toBeUndefined();
  });
});

describe("recovery", () => {
  it("K4: silence is a reason to ask for the server before it is a reason to act", async () => {
    await import("./recovery.js");
    const pair = peerPair();
    await Promise.all([pair.a.peer.call(), pair.settle()]);
    await vi.advanceTimersByTimeAsync(5_000);
    const { unease, doubt } = pair.a.heard;
    expect(unease).not.toHaveBeenCalled();
    pair.network.block();
    await vi.advanceTimersByTimeAsync(800);
    expect(unease).toHaveBeenCalledExactlyOnceWith(500);
    expect(doubt).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(700);
    expect(doubt).toHaveBeenCalledOnce();
  });

  it("K4: who hears the other side again sends whole pictures at once, once", async () => {
    await import("./recovery.js");
    const pair = peerPair();
    await Promise.all([pair.a.peer.call(), pair.settle()]);
    const keyFrames = () =>
      [pair.a, pair.b].map((side) =>
        side
          .open()[0]
          ?.getSenders()
          .map((sender) => sender.keyFrames),
      );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(keyFrames()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    pair.network.block();
    await vi.advanceTimersByTimeAsync(2_000);
    pair.network.unblock();
    for (let second = 0; second < 10; second++) {
      await pair.settle();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(keyFrames()).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});

describe("what peers say", () => {
  const inCall = async () => {
    const pair = peerPair();
    pair.b.peer.warmUp();
    await pair.settle();
    await pair.a.peer.call();
    await pair.settle();
    return pair;
  };

  it("P1: information and bye go over the channel", async () => {
    const { a, b, settle } = await inCall();
    const sent = a.sent.length;
    await a.peer.inform({ text: "<b>hi</b>" });
    a.peer.say("bye");
    await settle();
    expect(a.sent).toHaveLength(sent);
    const said = { text: "<b>hi</b>" };
    expect(b.heard.information).toHaveBeenCalledExactlyOnceWith(b.peer.info, said, undefined);
    expect(b.heard.bye).toHaveBeenCalledOnce();
  });

  it("I3: a topic arrives with what was said", async () => {
    const { a, b, settle } = await inCall();
    await a.peer.inform("hi", "chat");
    await settle();
    expect(b.heard.information).toHaveBeenCalledExactlyOnceWith(b.peer.info, "hi", "chat");
  });

  it("P9: what the other side opens is kept while it is open, 64 at most", async () => {
    const { a } = await inCall();
    const channels = Array.from({ length: 65 }, () =>
      Object.assign(new EventTarget(), { close: vi.fn() }),
    );
    const [pc] = a.open();
    for (const channel of channels) {
      pc?.dispatchEvent(Object.assign(new Event("datachannel"), { channel }));
    }
    expect(a.peer.connection?.inbound).toEqual(channels.slice(0, 64));
    expect(channels.filter(({ close }) => close.mock.calls.length > 0)).toEqual(channels.slice(64));
    channels[3]?.dispatchEvent(new Event("close"));
    expect(a.peer.connection?.inbound).toEqual(channels.slice(0, 64).toSpliced(3, 1));
  });

  it("W3: what a peer says that is no message is ignored", async () => {
    const { a, b } = await inCall();
    const [pc] = a.open();
    for (const text of ["", "{", "null", "[]", '{"type":"toString"}', '{"type":"start"}']) {
      pc?.channel.send(text);
    }
    pc?.channel.send(`"${"x".repeat(200_000)}"`);
    await tick();
    expectOneCall({ a, b } as Pair);
    expect(b.heard.information).not.toHaveBeenCalled();
  });

  it("P4: of two words on what is sent, the later one holds", async () => {
    const { a, b, settle } = await inCall();
    const [stream] = b.heard.stream.mock.calls[0]?.slice(1) ?? [];
    a.peer.setOutbound(outbound());
    await settle();
    expect(stream.getTracks()).toHaveLength(0);
    const sending = { microphone: "on", camera: "on", screen: "off", revision: 0 } as const;
    b.peer.receive(loose({ type: "media", sending }, a.sent[0]?.session));
    expect(stream.getTracks()).toHaveLength(0);
    expect(b.heard.stream).toHaveBeenCalledOnce();
  });
});

describe("how a call ends", () => {
  it("a peer that goes makes a call that has not begun fail", async () => {
    const pair = peerPair();
    const call = pair.a.peer.call();
    pair.a.peer.end();
    await expect(call).rejects.toMatchObject({ code: "connection-failed" });
  });

  it("a call that nobody answers fails in time, and can be tried again", async () => {
    const pair = peerPair({ timeoutMs: 3_000 });
    const call = pair.a.peer.call();
    const failure = expect(call).rejects.toSatisfy(
      (error) => error instanceof CignalError && error.retryable,
    );
    await vi.advanceTimersByTimeAsync(3_000);
    await failure;
    expect(pair.a.peer.callState).toBe("waiting");
    await Promise.all([pair.a.peer.call(), pair.settle()]);
    expectOneCall(pair);
  });

  it("what fails says who was out of reach: the other side, or the server for this side", async () => {
    const pair = peerPair({ timeoutMs: 3_000 });
    const problemOf = async (request: Promise<void>) => {
      const problem = request.catch(({ message }) => message);
      await vi.advanceTimersByTimeAsync(3_000);
      return problem;
    };
    expect(await problemOf(pair.a.peer.call())).toMatch(/^b could not be reached in 3 s/);
    pair.server.up = false;
    expect(await problemOf(pair.a.peer.inform("hello"))).toMatch(/^The server cannot be reached/);
  });

  it("D5: a call that was given up is not begun by what was said again to a page that is back", async () => {
    const { a } = peerPair({ timeoutMs: 3_000 });
    const introduction = { number: 0, first: 1, received: 0 };
    a.peer.receive({ session: "theirs", ...introduction });
    const failure = expect(a.peer.call()).rejects.toMatchObject({ code: "connection-failed" });
    a.peer.receive({ session: "theirs-anew", ...introduction });
    await vi.advanceTimersByTimeAsync(3_000);
    await failure;
    a.outbox.length = 0;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(a.outbox.filter(({ message }) => message?.type === "start")).toEqual([]);
    a.peer.end();
  });

  it("a connection without a path fails the call, and the next call makes a new connection", async () => {
    const pair = peerPair({ warm: false });
    const call = pair.a.peer.call();
    const failure = expect(call).rejects.toMatchObject({ code: "connection-failed" });
    await tick();
    pair.a.outbox.length = 0;
    pair.a.open()[0]?.fail();
    await tick();
    await failure;
    const again = pair.a.peer.call();
    await pair.settle();
    await again;
    expectOneCall(pair);
  });

  it("both sides are told why when no path is found in time, also the one that was called", async () => {
    const pair = peerPair({ timeoutMs: 3_000 });
    pair.network.block();
    pair.b.peer.warmUp();
    const failure = expect(pair.a.peer.call()).rejects.toMatchObject({ code: "connection-failed" });
    await pair.settle();
    await vi.advanceTimersByTimeAsync(3_000);
    await failure;
    await vi.dynamicImportSettled();
    for (const { heard } of [pair.a, pair.b]) {
      expect(heard.connectionFailed).toHaveBeenCalledOnce();
      expect(heard.connectionFailed.mock.calls[0]?.[1]).toMatchObject({ reason: "turnRequired" });
    }
  });

  it("a browser that can make no connection fails the call, and nothing else", async () => {
    const browser = fakeBrowser({
      createPeerConnection: () => {
        throw new DOMException("too many", "UnknownError");
      },
    });
    const { a } = peerPair({ browser });
    a.peer.warmUp();
    expect(a.heard.error).toHaveBeenCalledWith(
      expect.objectContaining({ code: "connection-failed" }),
    );
    await expect(a.peer.call()).rejects.toMatchObject({ code: "connection-failed" });
    a.peer.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("C2: new ICE servers for a connection that somebody else has closed are for the next one", async () => {
    const pair = peerPair();
    pair.a.peer.warmUp();
    await pair.settle();
    pair.a.open()[0]?.close();
    const iceServers = [{ urls: "stun:192.0.2.1" }];
    expect(() => pair.a.peer.setICEServers(iceServers)).not.toThrow();
    pair.a.peer.warmUp();
    expect(pair.a.open()[0]?.getConfiguration().iceServers).toEqual(iceServers);
  });

  it("ending closes the connection and stops every timer", async () => {
    const pair = peerPair();
    pair.a.peer.warmUp();
    await pair.settle();
    pair.a.peer.end();
    pair.b.peer.end();
    expect(pair.a.open()).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
