import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bob, carol, enter, start } from "../test/enter-room.js";
import { fakeBrowser, fakeStream } from "../test/fake-browser.js";
import { fakeSockets } from "../test/fake-socket.js";
import { Cignal } from "./cignal.js";
import type { CignalOptions } from "./options.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("entering a room", () => {
  it("H1: says who it is in the handshake, and nothing that was not given", async () => {
    const { socket } = await enter({ roomId: "r", peerName: "Ann", role: "tutor" });
    expect(JSON.parse(JSON.stringify(socket.handshake))).toEqual({
      protocol: [1],
      roomId: "r",
      peerId: "me",
      peerName: "Ann",
      role: "tutor",
      about: { platform: "Web" },
      media: { microphone: "on", camera: "on", screen: "off" },
    });
  });

  it("H12: says in the handshake what it runs on, and hears it of the others", async () => {
    const about = { platform: "iOS", device: "iPhone" };
    const { socket, cignal } = await enter({ appVersion: "2.1" }, { peers: [{ ...bob, about }] });
    expect(socket.handshake).toMatchObject({ about: { platform: "Web", appVersion: "2.1" } });
    expect(cignal.state.peers.map((peer) => peer.about)).toEqual([about]);
  });

  it.each([undefined, null, "", "  "])(
    "DEFECTS 13: %j as an option means the default",
    async (unset) => {
      const { socket, cignal } = await enter({
        url: unset,
        roomId: unset,
        peerId: unset,
        peerName: unset,
        role: unset,
      });
      expect(Object.keys(JSON.parse(JSON.stringify(socket.handshake)))).toEqual([
        "protocol",
        "roomId",
        "peerId",
        "about",
        "media",
      ]);
      expect(cignal.id).toMatch(/^[\w-]{22}$/);
      expect(socket.handshake).toMatchObject({ peerId: expect.stringMatching(/^[\w-]{22}$/) });
    },
  );

  it("tells of everybody who is there, also to a listener that comes later", async () => {
    const { of, cignal } = await enter({}, { peers: [bob, carol] });
    expect(of("peerJoined")).toEqual([
      ["peerJoined", "Bob", { peer: bob }],
      ["peerJoined", "Carol", { peer: carol }],
    ]);
    expect(cignal.data.remotePeerId).toBe("bob");
    expect(cignal.state.peers.map(({ name }) => name)).toEqual(["Bob", "Carol"]);
    expect(of("localStream")).toHaveLength(1);
  });

  it.each([
    ["room-full", "refused"],
    ["peer-id-taken", "refused"],
    ["a-code-of-tomorrow", "refused"],
  ])(
    "DEFECTS 7: rejects with the server's code %s, and releases everything",
    async (code, type) => {
      const stream = fakeStream("audio", "video");
      const getUserMedia = vi.fn(async () => stream);
      const { room, socket } = start({}, { getUserMedia: () => getUserMedia });
      const refused = expect(room).rejects.toMatchObject({ code, source: "server" });
      await vi.waitFor(() => expect(getUserMedia).toHaveBeenCalled());
      socket.arrive();
      socket.receive(type, { code, message: "no" });
      await refused;
      expect(socket.connected).toBe(false);
      expect(stream.getTracks().map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it("asks for no device when it is refused before the call is loaded", async () => {
    const getUserMedia = vi.fn();
    const { room, socket } = start({}, { getUserMedia: () => getUserMedia });
    socket.arrive();
    socket.receive("refused", { code: "room-full", message: "no" });
    await expect(room).rejects.toMatchObject({ name: "CignalError", code: "room-full" });
    expect(getUserMedia).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("says so when the rest of the library cannot be loaded, and leaves the room", async () => {
    vi.doMock("./session.js", () => {
      throw new TypeError("Failed to fetch");
    });
    const { room, socket } = start();
    socket.arrive();
    socket.welcome();
    await expect(room).rejects.toMatchObject({ code: "not-loaded", retryable: true });
    vi.doUnmock("./session.js");
    await import("./session.js");
    expect(socket.left).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits so long for the rest of the library, and no longer than it is wanted", async () => {
    const session = await vi.importActual<object>("./session.js");
    let arrive = () => {};
    const loading = new Promise<object>((resolve) => {
      arrive = () => resolve(session);
    });
    vi.doMock("./session.js", () => loading);
    const { room, socket } = start({ timeoutMs: 2_000 });
    const failed = expect(room).rejects.toMatchObject({ code: "not-loaded", retryable: true });
    socket.arrive();
    socket.welcome();
    await vi.advanceTimersByTimeAsync(2_000);
    await failed;
    expect(socket.left).toBe(true);

    const reason = new Error("the component is gone");
    const controller = new AbortController();
    const aborted = start({ signal: controller.signal });
    controller.abort(reason);
    await expect(aborted.room).rejects.toBe(reason);
    arrive();
    vi.doUnmock("./session.js");
    await import("./session.js");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on trying a server that cannot be reached, then says so", async () => {
    const { room, socket } = start({ timeoutMs: 2_000 });
    await vi.dynamicImportSettled();
    const failure = expect(room).rejects.toMatchObject({
      code: "server-unreachable",
      retryable: true,
      cause: new Error("refused"),
    });
    socket.failToConnect("refused");
    await vi.advanceTimersByTimeAsync(2_000);
    await failure;
    expect(socket.active).toBe(false);
  });

  it("tells a Socket.IO server without Cignal from one that cannot be reached", async () => {
    const { room, socket } = start();
    socket.failToConnect("Invalid namespace", { final: true });
    await expect(room).rejects.toMatchObject({ code: "not-a-cignal-server" });
  });

  it.each(["ftp://example.org", "http://"])("refuses the url %j as misuse", async (url) => {
    const options = { url } as CignalOptions;
    await expect(start(options).room).rejects.toThrow(TypeError);
  });

  it("refuses anything but an object of options", async () => {
    await expect(Cignal.createRoom("myroom" as CignalOptions)).rejects.toThrow(
      "expected an object of options, such as { roomId }",
    );
  });

  it.each([
    [{ roomID: "x" }, "roomID: there is no such option; known are url, roomId"],
    [{ timeoutMs: "5s" }, "timeoutMs: expected a number above 0"],
    [{ ringTimeoutMs: -1 }, "ringTimeoutMs: expected a number above 0"],
    [{ ring: "yes" }, "ring: expected true or false"],
    [{ roomId: 7 }, "roomId: expected a string"],
    [{ mediaConstraints: "video" }, "mediaConstraints: expected an object"],
    [{ iceTransportPolicy: "relayed" }, "iceTransportPolicy: expected one of all, relay"],
    [{ quality: { vidoe: {} } }, "quality.vidoe: expected one of audio, video, screen"],
    [{ quality: { video: { maxbitrate: 1 } } }, "quality.video.maxbitrate: expected one of codecs"],
  ])("refuses %j as misuse, and says what is known", async (options, message) => {
    const { room, socket } = start(options as CignalOptions);
    await expect(room).rejects.toThrow(TypeError);
    await expect(room).rejects.toThrow(message);
    expect(socket).toBeUndefined();
  });

  it.each([
    ["https://example.org/call?roomId=x", "https://example.org/cignal"],
    ["/elsewhere", "https://example.org/cignal"],
    ["http://localhost:8080", "http://localhost:8080/cignal"],
  ])("connects to the origin of %s", async (url, expected) => {
    const addresses: string[] = [];
    const environment = {
      browser: fakeBrowser(),
      openSocket: ((address, auth) => {
        addresses.push(address.url);
        return fakeSockets().openSocket(address, auth);
      }) as ReturnType<typeof fakeSockets>["openSocket"],
    };
    void Cignal.createRoom({ url }, environment).catch(() => {});
    expect(addresses).toEqual([expected]);
  });
});
