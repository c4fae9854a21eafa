import { describe, expect, it } from "vitest";
import { fakeBrowser } from "../../test/fake-browser.js";
import { TabSession } from "./tab-session.js";

const room = { serverUrl: "https://example.org/cignal", roomId: "room", peerId: undefined };

/** A browser's profile: locks that all its tabs share, and tabs with a memory of their own. */
function profile() {
  const held = new Set<string>();
  const lock = async (name: string) => {
    // As one that waits a moment for its turn.
    for (let i = 0; i < 10 && held.has(name); i++) await Promise.resolve();
    if (held.has(name)) return undefined;
    held.add(name);
    return () => void held.delete(name);
  };
  const tab = (memory = new Map<string, string>()) => ({
    memory,
    browser: fakeBrowser({
      lock,
      tabStorage: () => ({
        getItem: (key) => memory.get(key) ?? null,
        setItem: (key, value) => void memory.set(key, value),
        removeItem: (key) => void memory.delete(key),
      }),
    }),
  });
  return { tab };
}

describe("what a tab remembers of its place in a room", () => {
  it("L4: a reload goes on as the same peer, with the newest token", async () => {
    const { browser } = profile().tab();
    const first = await TabSession.open({ browser, ...room });
    expect(first.resumeToken).toBeUndefined();
    await first.remember({ resumeToken: "token-1" });
    await first.remember({ resumeToken: "token-2" });
    first.letGo();
    const second = await TabSession.open({ browser, ...room });
    expect(second).toMatchObject({ peerId: first.peerId, resumeToken: "token-2" });
  });

  it("keeps what the page wants of its devices, once the server has let it in", async () => {
    const { browser, memory } = profile().tab();
    const first = await TabSession.open({ browser, ...room });
    await first.remember({ intent: { camera: "off" } });
    expect(memory.size).toBe(0);
    await first.remember({ resumeToken: "token-1" });
    first.letGo();
    const second = await TabSession.open({ browser, ...room });
    expect(second.intent).toEqual({ camera: "off" });
    await second.remember({ intent: { camera: "on" } });
    expect(second).toMatchObject({ resumeToken: "token-1", intent: { camera: "on" } });
  });

  it("L4: a copy of a tab whose original is there begins as somebody else", async () => {
    const { tab } = profile();
    const original = tab();
    const first = await TabSession.open({ browser: original.browser, ...room });
    await first.remember({ resumeToken: "token-1" });
    const copy = tab(new Map(original.memory));
    const second = await TabSession.open({ browser: copy.browser, ...room });
    expect(second.peerId).not.toBe(first.peerId);
    expect(second.resumeToken).toBeUndefined();
    await second.remember({ resumeToken: "token-9" });
    expect(original.memory).not.toEqual(copy.memory);
  });

  it("L5: who has left is forgotten, and a late welcome is not remembered", async () => {
    const { memory, browser } = profile().tab();
    const first = await TabSession.open({ browser, ...room });
    await first.remember({ resumeToken: "token-1" });
    const late = first.remember({ resumeToken: "token-2" });
    first.forget();
    await late;
    expect(memory.size).toBe(0);
    expect((await TabSession.open({ browser, ...room })).peerId).not.toBe(first.peerId);
  });

  it.each([
    ["another room", { ...room, roomId: "other" }],
    ["another server", { ...room, serverUrl: "https://example.com/cignal" }],
    ["another id that the app wants", { ...room, peerId: "ann" }],
  ])("begins anew for %s", async (_what, other) => {
    const { browser } = profile().tab();
    const first = await TabSession.open({ browser, ...room });
    await first.remember({ resumeToken: "token-1" });
    first.letGo();
    expect((await TabSession.open({ browser, ...other })).resumeToken).toBeUndefined();
  });

  it.each(["", "{", "null", "7", '{"peerId":1,"resumeToken":"x"}', '{"peerId":"x"}'])(
    "begins anew where the memory holds %j",
    async (text) => {
      const { memory, browser } = profile().tab();
      memory.set("cignal https://example.org/cignal room", text);
      expect((await TabSession.open({ browser, ...room })).resumeToken).toBeUndefined();
    },
  );

  it("remembers nothing where a page gets no lock, as on plain http", async () => {
    const { memory, browser } = profile().tab();
    const session = await TabSession.open({
      browser: { ...browser, lock: async () => undefined },
      ...room,
    });
    await session.remember({ resumeToken: "token-1" });
    expect(session.resumeToken).toBe("token-1");
    expect(memory.size).toBe(0);
  });
});
