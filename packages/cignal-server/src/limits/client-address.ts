import { isIP } from "node:net";
import type { SocketHandshake } from "../socket-io.js";

/**
 * The IP address of a client (M4): that of its socket, or with so many trusted proxies in front of the server, what the
 * outermost of them has added to `X-Forwarded-For`. What stands further left in it was written by the client.
 */
export function clientAddress(
  { address, headers }: SocketHandshake,
  trustedProxies: number,
): string {
  const noted = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const hops = noted.reverse().slice(0, trustedProxies).map(withoutPort);
  const wrong = hops.findIndex((hop) => isIP(hop) === 0);
  return (wrong < 0 ? hops : hops.slice(0, wrong)).at(-1) ?? address;
}

/** Some proxies note where the connection came from with its port. */
function withoutPort(hop: string): string {
  const text = hop.trim();
  const [, bracketed, plain] = /^(?:\[(.+)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}

/**
 * Whoever has this address may have all of these: an IPv6 subscriber gets a network of 2^64 addresses, an IPv4 one a
 * single address.
 */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  if (mapped) return mapped;
  if (isIP(address) !== 6) return address;
  const [before = "", after] = address.toLowerCase().split("::");
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const zeros = Array(Math.max(8 - head.length - tail.length, 0)).fill(0);
  const network = [...head, ...zeros, ...tail].slice(0, 4);
  return `${network.map((group) => group.toString(16)).join(":")}::/64`;
}

/** The last ones may be written as an IPv4 address. */
function groups(text: string): number[] {
  if (text === "") return [];
  return text
    .split(":")
    .flatMap((part) => (part.includes(".") ? [0, 0] : Number.parseInt(part, 16)));
}
