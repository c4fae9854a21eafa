import type * as Werift from "werift";

/** As Chromium announces it; werift's own limit is less than Cignal's longest message. */
const MESSAGE_BYTES = 262_144;

/**
 * What a connection is made with. VP8 and opus, which every browser has: packets are passed on as they are, so whoever
 * receives on one connection and sends on another needs the same codecs on both. RTX and feedback on all packets let a
 * browser send what the network takes.
 */
export function configure(
  werift: typeof Werift,
  { iceServers = [], iceTransportPolicy = "all" }: RTCConfiguration,
): Partial<Werift.PeerConfig> {
  const { useOPUS, useVP8, useNACK, usePLI, useTWCC, useSdesMid, useTransportWideCC } = werift;
  const rtx = new werift.RTCRtpCodecParameters({ mimeType: "video/rtx", clockRate: 90_000 });
  // The same objects, for werift numbers them one by one. With two numbers for one name Chromium's renderer crashes.
  const extensions = [useSdesMid(), useTransportWideCC()];
  return {
    iceServers: iceServers.flatMap(({ urls, username, credential }) =>
      [urls].flat().map((url) => ({
        urls: url,
        ...(username !== undefined && { username }),
        ...(credential !== undefined && { credential }),
      })),
    ),
    iceTransportPolicy,
    bundlePolicy: "max-bundle",
    maxMessageSize: MESSAGE_BYTES,
    codecs: {
      audio: [useOPUS({ rtcpFeedback: [useTWCC()] })],
      video: [useVP8({ rtcpFeedback: [useNACK(), usePLI(), useTWCC()] }), rtx],
    },
    headerExtensions: { audio: extensions, video: extensions },
  };
}

/** Where the STUN and the TURN server of a connection are; of several, werift uses the first of each kind. */
interface Servers {
  stun: Address | undefined;
  turn: Address | undefined;
  username: string | undefined;
  credential: string | undefined;
}

type Address = [host: string, port: number];

const URL_PARTS = /^(stun|turn)(s?):(?:\[([^\]]+)\]|([^:?]+))(?::(\d+))?(?:\?transport=(\w+))?$/i;

/** Reads the addresses out of the servers' URLs (RFC 7064, RFC 7065). */
export function serversOf(iceServers: readonly RTCIceServer[]): Servers {
  const servers: Servers = {
    stun: undefined,
    turn: undefined,
    username: undefined,
    credential: undefined,
  };
  for (const { urls, username, credential } of iceServers) {
    for (const url of [urls].flat()) {
      const [, scheme = "", secure, six, host, port] = URL_PARTS.exec(url) ?? [];
      const name = six ?? host;
      if (!name) continue;
      const address: Address = [name, Number(port ?? (secure ? 5349 : 3478))];
      if (/stun/i.test(scheme)) servers.stun ??= address;
      else if (!servers.turn) Object.assign(servers, { turn: address, username, credential });
    }
  }
  return servers;
}
