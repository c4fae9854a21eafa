import { afterEach, describe, expect, it, vi } from "vitest";
import { browser } from "./browser.js";
import { getUrlParam } from "./get-url-param.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("randomId", () => {
  it("makes ten thousand different ids of 128 bits each", () => {
    const ids = Array.from({ length: 10_000 }, () => browser.randomId());
    expect(new Set(ids).size).toBe(10_000);
    expect(ids.every((id) => /^[\w-]{22}$/.test(id))).toBe(true);
  });

  it("takes every bit from crypto", () => {
    const getRandomValues = vi.spyOn(crypto, "getRandomValues");
    browser.randomId();
    expect(getRandomValues.mock.calls[0]?.[0]).toHaveLength(16);
  });
});

describe("getUrlParam", () => {
  const on = (href: string) => vi.stubGlobal("location", { href });

  it("DEFECTS 16: decodes, and matches whole names", () => {
    on("https://example.org/?xroomId=no&roomId=a%20b%26c&empty=");
    expect(getUrlParam("roomId")).toBe("a b&c");
    expect(getUrlParam("room", "default")).toBe("default");
    expect(getUrlParam("empty", "default")).toBe("");
  });

  it("gives the default where there is no page", () => {
    expect(getUrlParam("roomId", 7)).toBe(7);
    expect(getUrlParam("roomId")).toBeNull();
  });
});

describe("without a browser", () => {
  it("the door can be asked for everything without an error", async () => {
    expect(browser.pageUrl()).toBeUndefined();
    expect(browser.getUserMedia()).toBeUndefined();
    expect(await browser.enumerateDevices()).toEqual([]);
    browser.watchDevices(() => {})();
    expect(browser.writeClipboard()).toBeUndefined();
    expect(browser.wantsDebug()).toBe(false);
    browser.watchPage({ onHide: () => {}, onDoubt: () => {} })();
    expect(browser.tabStorage()).toBeUndefined();
    expect(browser.originStorage()).toBeUndefined();
    expect(await browser.lock("x", 10)).toBeUndefined();
  });

  it("storage that may not be touched means no logs", () => {
    vi.stubGlobal("localStorage", {
      getItem: () => {
        throw new Error("SecurityError");
      },
    });
    expect(browser.wantsDebug()).toBe(false);
  });
});
