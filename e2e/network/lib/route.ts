import type { Peer } from "../../lib/peer.js";

/**
 * How a side sends and receives, by its own browser: the type of its candidate in the selected pair, and for a relay
 * also how the TURN server is reached.
 */
export type Route = "host" | "srflx" | "prflx" | "relay/udp" | "relay/tcp" | "relay/tls";

export function routeOf({ page }: Peer): Promise<Route | undefined> {
  return page.evaluate(async () => {
    const pc = lab.connections.findLast(({ connectionState }) => connectionState === "connected");
    const stats = new Map(pc && (await pc.getStats()));
    const transport = [...stats.values()].find(({ type }) => type === "transport");
    const pair = stats.get(transport?.selectedCandidatePairId);
    const candidate = stats.get(pair?.localCandidateId);
    const { candidateType, relayProtocol, address, port } = candidate ?? {};
    if (candidateType === "relay") return `relay/${relayProtocol}`;
    // What a check finds before the STUN server has answered is called prflx, also when the answer says the same.
    const reflexive = lab.candidates.some((text) => text.includes(` ${address} ${port} typ srflx`));
    return reflexive ? "srflx" : candidateType;
  });
}
