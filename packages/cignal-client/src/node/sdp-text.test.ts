import { expect, it } from "vitest";
import { forWerift, midsOf, withRelaysAlone } from "./sdp-text.js";

const host = "candidate:1 1 udp 2122260223 192.0.2.2 50000 typ host";
const named = "candidate:2 1 udp 2113937151 0d1f3b1c-aa.local 50001 typ host";
const relay = "candidate:3 1 udp 41885439 198.51.100.9 50002 typ relay raddr 0.0.0.0 rport 0";

it("leaves out names that only mDNS knows, and generations", () => {
  const sdp = ["v=0", `a=${host} generation 1 ufrag x`, `a=${named} generation 1`, "a=mid:0", ""];
  expect(forWerift(sdp.join("\r\n"))).toBe(
    ["v=0", `a=${host} ufrag x`, "a=mid:0", ""].join("\r\n"),
  );
  expect(forWerift(named)).toBe("");
  expect(forWerift(`${host} generation 0 ufrag x`)).toBe(`${host} ufrag x`);
});

it("keeps relayed candidates alone where no address of this side may be told", () => {
  const sdp = ["v=0", `a=${host}`, `a=${relay}`, "a=mid:0", ""];
  expect(withRelaysAlone(sdp.join("\r\n"))).toBe(["v=0", `a=${relay}`, "a=mid:0", ""].join("\r\n"));
});

it("knows the media sections of a description", () => {
  expect(midsOf(null)).toEqual([]);
  expect(midsOf({ type: "offer", sdp: "a=mid:0\r\na=mid:screen\r\n" })).toEqual(["0", "screen"]);
});
