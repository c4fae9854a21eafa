import type { Nat } from "./lib/nat.js";
import { type Route, routeOf } from "./lib/route.js";
import { expect, test } from "./lib/test.js";

/**
 * Who has TCP alone reaches the TURN server by `turn:` as well as by `turns:`, and the browser stops looking once it has
 * a path.
 */
const OVER_TCP = "relay/(tcp|tls)";

/**
 * Whom everybody reaches needs no word of the other one's public address: if its packets are there before the STUN server
 * has answered, the browser calls it prflx, and looks no further.
 */
const REFLEXIVE = "(srflx|prflx)";

type Expected = Route | typeof OVER_TCP | typeof REFLEXIVE;

/** The routes of both sides. Of two paths that are equally good, ICE may select either. */
type Routes = readonly [one: Expected, other: Expected];

type Row = readonly [first: Nat, second: Nat, ...expected: Routes[]];

/**
 * Whoever can be reached by the other one needs no relay; whose port is another one for each destination is known only
 * from what arrives (prflx); and of two who cannot reach each other one relays, for it is enough.
 */
const table: readonly Row[] = [
  ["open", "open", ["host", "host"]],
  ["open", "port-restricted", ["host", REFLEXIVE]],
  ["open", "symmetric", ["host", "prflx"]],
  ["open", "double", ["host", REFLEXIVE]],
  ["open", "udp-blocked", ["host", OVER_TCP]],
  ["open", "only-tcp-443", ["host", "relay/tls"]],
  ["port-restricted", "port-restricted", ["srflx", "srflx"]],
  ["port-restricted", "symmetric", ["relay/udp", "prflx"], ["srflx", "relay/udp"]],
  ["port-restricted", "double", ["srflx", "srflx"]],
  ["port-restricted", "udp-blocked", ["srflx", OVER_TCP]],
  ["port-restricted", "only-tcp-443", ["srflx", "relay/tls"]],
  ["symmetric", "symmetric", ["relay/udp", "prflx"], ["prflx", "relay/udp"]],
  ["symmetric", "double", ["prflx", "relay/udp"], ["relay/udp", "srflx"]],
  ["symmetric", "udp-blocked", ["prflx", OVER_TCP]],
  ["symmetric", "only-tcp-443", ["prflx", "relay/tls"]],
  ["double", "double", ["srflx", "srflx"]],
  ["double", "udp-blocked", ["srflx", OVER_TCP]],
  ["double", "only-tcp-443", ["srflx", "relay/tls"]],
  ["udp-blocked", "udp-blocked", [OVER_TCP, OVER_TCP]],
  ["udp-blocked", "only-tcp-443", [OVER_TCP, "relay/tls"]],
  ["only-tcp-443", "only-tcp-443", ["relay/tls", "relay/tls"]],
];

/** One side makes the offer and so has the last word on the path (RFC 8445, section 6.1.1): each has it once. */
function bothWays(row: Row): Row[] {
  const [first, second, ...expected] = row;
  const turned = expected.map(([one, other]): Routes => [other, one]);
  return first === second ? [row] : [row, [second, first, ...turned]];
}

for (const [first, second, ...expected] of table.flatMap(bothWays)) {
  const routes = expected.map((sides) => sides.join(" to "));
  test(`${first} and ${second} connect: ${routes.join(" or ")}`, async ({ openCall }) => {
    const pair = await openCall([first, second]);
    // ICE goes on to a better path while a worse one works already.
    const selected = async () => (await Promise.all(pair.map(routeOf))).join(" to ");
    await expect.poll(selected).toMatch(new RegExp(`^(${routes.join("|")})$`));
  });
}
