import { describe, expect, it } from "vitest";
import { clientAddress, networkOf } from "./client-address.js";

const from = (forwarded: string | string[] | undefined, trustedProxies: number) =>
  clientAddress(
    { address: "10.0.0.1", headers: { "x-forwarded-for": forwarded }, auth: {} },
    trustedProxies,
  );

describe("M4: the address of a client", () => {
  it("is that of its socket, whatever it says, if no proxy is trusted", () => {
    expect(from("203.0.113.7", 0)).toBe("10.0.0.1");
    expect(from(undefined, 0)).toBe("10.0.0.1");
  });

  it("is what the outermost trusted proxy has added, and never what stands left of that", () => {
    expect(from("203.0.113.7", 1)).toBe("203.0.113.7");
    expect(from("192.0.2.66, 203.0.113.7", 1)).toBe("203.0.113.7");
    expect(from("192.0.2.66, 203.0.113.7, 10.0.0.2", 2)).toBe("203.0.113.7");
    expect(from(["192.0.2.66", "203.0.113.7"], 1)).toBe("203.0.113.7");
  });

  it("is the furthest that is known if fewer proxies were passed, or one has noted no address", () => {
    expect(from(undefined, 2)).toBe("10.0.0.1");
    expect(from("203.0.113.7", 2)).toBe("203.0.113.7");
    expect(from("unknown, 203.0.113.7", 2)).toBe("203.0.113.7");
    expect(from("unknown", 1)).toBe("10.0.0.1");
    expect(from("", 1)).toBe("10.0.0.1");
  });

  it("may come with a port", () => {
    expect(from("203.0.113.7:4711", 1)).toBe("203.0.113.7");
    expect(from("[2001:db8::7]:4711", 1)).toBe("2001:db8::7");
    expect(from("2001:db8::7", 1)).toBe("2001:db8::7");
  });
});

describe("M4: the network that counts as one", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["2001:0db8::", "2001:db8:0:0::/64"],
    ["64:ff9b::203.0.113.7", "64:ff9b:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["", ""],
  ])("of %s is %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
