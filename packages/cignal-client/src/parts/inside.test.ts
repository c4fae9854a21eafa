import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, enter, envelope } from "../../test/enter-room.js";
import { inside } from "./inside.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const says = (number: number, data: string, topic?: string) => ({
  from: "bob",
  envelope: { ...envelope, number, message: { type: "information", data, topic } },
});

describe("a part of the client", () => {
  it("is opened upon a Cignal and nothing else", async () => {
    const { cignal } = await enter();
    expect(inside(cignal).room.id).toBe(cignal.id);
    for (const other of [undefined, null, {}, Promise.resolve(cignal)]) {
      expect(() => inside(other as never)).toThrow(TypeError);
    }
  });

  it("I3: hears what is said to it, also before it listens, and the page does not", async () => {
    const { cignal, socket, of } = await enter();
    socket.receive("signal", says(1, "to the chat", "chat"));
    socket.receive("signal", says(2, "to nobody", "constructor"));
    socket.receive("signal", says(3, "to the page"));
    const chat = vi.fn();
    inside(cignal).topics.on("chat", chat);
    await vi.advanceTimersByTimeAsync(0);
    expect(chat.mock.calls).toEqual([["to the chat", bob]]);
    expect(of("information")).toEqual([["information", "to the page", { peer: bob }]]);
  });

  it("shapes what is sent to each peer, of what the app wants", async () => {
    const { cignal } = await enter({ quality: { video: { maxBitrate: 9 } } });
    const { room } = inside(cignal);
    const [peer] = room.peers;
    const sent = vi.spyOn(peer as NonNullable<typeof peer>, "setQuality");
    room.setShape(({ video }, peerId) => ({ audio: { maxBitrate: peerId.length }, video }));
    cignal.setQuality({ video: { maxBitrate: 8 } });
    room.setShape();
    expect(sent.mock.calls).toEqual([
      [{ audio: { maxBitrate: 3 }, video: { maxBitrate: 9 } }],
      [{ audio: { maxBitrate: 3 }, video: { maxBitrate: 8 } }],
      [{ video: { maxBitrate: 8 } }],
    ]);
  });

  it("hears that the room was left, not that everybody else has gone, when the page leaves it", async () => {
    const { cignal } = await enter();
    const session = inside(cignal);
    const seen: [closed: boolean, peers: number][] = [];
    session.events.tap((...[name]) => {
      if (name === "stateChanged") seen.push([session.closed, session.room.peers.length]);
    });
    await cignal.leaveRoom();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.filter(([closed]) => !closed)).toEqual([]);
    expect(seen.at(-1)).toEqual([true, 0]);
  });
});
