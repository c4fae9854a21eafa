import { describe, expect, it, vi } from "vitest";
import { MemoryHistoryStore, operatorListener, recordHistory } from "../src/index.js";
import { connect, join } from "./client.js";
import { eventually } from "./eventually.js";
import { silent, startServer } from "./server.js";

const token = "0123456789abcdef";
const bearer = { headers: { Authorization: `Bearer ${token}` } };
const at = expect.any(Number);

describe("the history of a room", () => {
  it("tells who came and went and was refused, also when it is closed", async () => {
    const { url, cignal } = await startServer();
    const history = recordHistory(cignal);
    const { client: a } = await join(url, "r", "a", { peerName: "Ada" });
    const { client: b } = await join(url, "r", "b");
    await connect(url, { roomId: "r", peerId: "c", token: "hunter2" }).next("refused");
    await connect(url, { roomId: "never", peerId: "c", protocol: [99] }).next("refused");
    await a.request("leave", {});
    await cignal.closeRoom("r");
    await b.closed();
    expect(await history.of("r")).toEqual([
      { at, event: "opened" },
      { at, event: "joined", peer: expect.objectContaining({ id: "a" }), size: 1 },
      { at, event: "joined", peer: { id: "b", name: "Peer" }, size: 2 },
      { at, event: "refused", code: "room-full", peerId: "c" },
      { at, event: "left", peer: expect.objectContaining({ id: "a" }), reason: "left", size: 1 },
      { at, event: "left", peer: { id: "b", name: "Peer" }, reason: "removed", size: 0 },
      { at, event: "closed" },
    ]);
    expect(JSON.stringify(await history.of("r"))).not.toContain("hunter2");
    expect(await history.of("never")).toBeUndefined();

    history.stop();
    await join(url, "r", "a");
    expect(await history.of("r")).toHaveLength(7);
  });

  it("is read by operators, with a token, under any id", async () => {
    const { url, http, cignal } = await startServer();
    const operate = operatorListener(cignal, { token, history: recordHistory(cignal) });
    http.on("request", (request, response) => {
      if (request.url?.startsWith("/socket.io/") || operate(request, response)) return;
      response.end("the app's own page");
    });
    const ask = (roomId: string, init?: RequestInit) =>
      fetch(`${url}/rooms/${encodeURIComponent(roomId)}/history`, init);
    const roomId = "a/b c?%&";
    await join(url, roomId, "a");
    expect((await ask(roomId)).status).toBe(401);
    expect(await (await ask(roomId, bearer)).json()).toEqual({
      roomId,
      entries: [
        { at, event: "opened" },
        { at, event: "joined", peer: { id: "a", name: "Peer" }, size: 1 },
      ],
    });
    expect((await ask("unknown", bearer)).status).toBe(404);
    expect((await fetch(`${url}/rooms/%ff/history`, bearer)).status).toBe(404);
    expect(await (await fetch(`${url}/rooms/a/b/history`, bearer)).text()).toBe(
      "the app's own page",
    );
  });

  it("is nobody's trouble when its store fails", async () => {
    const error = vi.fn();
    const { url, cignal } = await startServer({ logger: { ...silent, error } });
    const store = new MemoryHistoryStore();
    vi.spyOn(store, "append").mockRejectedValue(new Error("no connection"));
    recordHistory(cignal, { store });
    await join(url, "r", "a");
    await eventually(() =>
      expect(error).toHaveBeenCalledWith("a listener threw", {
        event: "peerJoined",
        error: "Error: no connection",
      }),
    );
  });
});
