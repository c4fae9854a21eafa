import { describe, expect, it } from "vitest";
import { type Diagnosis, diagnose } from "./diagnosis.js";
import { legOf, shown } from "./ice-url.js";
import { type PathReport, watchPath } from "./path-report.js";

const secrets = { username: "1700000000:ann", credential: "s3cret" };
const STUN = { urls: "stun:stun.example.org" };
const UDP = { urls: "turn:turn.example.org:3478", ...secrets };
const TCP = { urls: "turn:turn.example.org:3478?transport=tcp", ...secrets };
const TLS = { urls: ["turns:turn.example.org:443?transport=tcp"], ...secrets };

const host = { type: "host" as const };
const srflx = { type: "srflx" as const };
const relay = { type: "relay" as const, relayProtocol: "udp" };

const report = (more: Partial<PathReport>): PathReport => ({
  iceServers: [],
  policy: "all",
  gathered: [host],
  errors: [],
  ...more,
});

type Case = [
  title: string,
  report: Partial<PathReport>,
  reason: Diagnosis["reason"],
  leg: Diagnosis["leg"],
  says: RegExp,
];

const cases: Case[] = [
  ["no server at all", {}, "turnRequired", "peer", /Add one/],
  [
    "STUN that worked",
    { iceServers: [STUN], gathered: [host, srflx] },
    "turnRequired",
    "peer",
    /no direct path.*Add one/,
  ],
  ["STUN that did not work", { iceServers: [STUN] }, "turnRequired", "stun", /STUN server told/],
  [
    "only relays allowed, and none given",
    { iceServers: [STUN], policy: "relay", gathered: [] },
    "turnRequired",
    "peer",
    /Only relayed paths/,
  ],
  [
    "a relay that was gathered",
    { iceServers: [STUN, UDP], gathered: [host, srflx, relay] },
    "unknown",
    "peer",
    /works on this side/,
  ],
  [
    "a relay that was gathered, though another server refused",
    { iceServers: [UDP, TLS], gathered: [relay], errors: [{ url: TCP.urls, code: 401 }] },
    "unknown",
    "peer",
    /works on this side/,
  ],
  ...[401, 403, 437, 438, 441].map(
    (code): Case => [
      `a TURN server that answers ${code}`,
      {
        iceServers: [STUN, UDP, TCP],
        errors: [
          { url: UDP.urls, code: 701 },
          { url: TCP.urls, code },
        ],
      },
      "turnUnauthorized",
      "turn-tcp",
      new RegExp(`turn\\.example\\.org.*refused the credentials \\(${code}\\)`),
    ],
  ),
  [
    "a TURN server that is full",
    { iceServers: [UDP], errors: [{ url: UDP.urls, code: 486 }] },
    "unknown",
    "turn-udp",
    /error 486/,
  ],
  [
    "neither STUN nor TURN over UDP, and no other address",
    { iceServers: [STUN, UDP], errors: [{ url: UDP.urls, code: 701 }] },
    "udpBlocked",
    "turn-udp",
    /\?transport=tcp.*turns:.*443/,
  ],
  [
    "neither of them, without any error from the browser",
    { iceServers: [STUN, UDP] },
    "udpBlocked",
    "turn-udp",
    /block UDP/,
  ],
  [
    "TURN over UDP that is silent while STUN works",
    { iceServers: [STUN, UDP], gathered: [host, srflx] },
    "turnUnreachable",
    "turn-udp",
    /did not answer.*\?transport=tcp/,
  ],
  [
    "TURN over UDP that is silent, and no STUN server to compare with",
    { iceServers: [UDP] },
    "turnUnreachable",
    "turn-udp",
    /did not answer/,
  ],
  [
    "TURN over UDP that is silent, where only relays are allowed",
    { iceServers: [STUN, UDP], policy: "relay", gathered: [] },
    "turnUnreachable",
    "turn-udp",
    /did not answer/,
  ],
  [
    "all ways of TURN silent",
    {
      iceServers: [STUN, UDP, TCP, TLS],
      errors: [
        { url: "stun:stun.example.org", code: 701 },
        { url: "turns:turn.example.org:443?transport=tcp", code: 701 },
      ],
    },
    "turnUnreachable",
    "turn-tls",
    /certificate/,
  ],
];

describe("diagnose", () => {
  it.each(cases)("%s: says what it is", (_, given, reason, leg, says) => {
    const diagnosis = diagnose(report(given));
    expect(diagnosis).toMatchObject({ reason, leg });
    expect(diagnosis.message).toMatch(says);
  });

  it.each(cases)("%s: says it in sentences, and without a credential", (_, given) => {
    const { message } = diagnose(report(given));
    expect(message).toMatch(/^[A-Z].*\.$/);
    for (const secret of Object.values(secrets)) expect(message).not.toContain(secret);
  });

  it("leaves out what somebody has put into an address", () => {
    const urls = "turn:ann:s3cret@turn.example.org";
    for (const code of [401, 486, 701]) {
      const iceServers = [{ ...UDP, urls }];
      const { message } = diagnose(report({ iceServers, errors: [{ url: urls, code }] }));
      expect(message).toContain(shown("turn:turn.example.org"));
      expect(message).not.toMatch(/ann|s3cret/);
    }
  });
});

it.each([
  ["stun:a", "stun"],
  ["stuns:a:443", "stun"],
  ["turn:a", "turn-udp"],
  ["turn:a:3478?transport=udp", "turn-udp"],
  ["turn:a?transport=tcp", "turn-tcp"],
  ["turns:a", "turn-tls"],
  ["turns:a:443?transport=tcp", "turn-tls"],
])("RFC 7064, RFC 7065: %s is reached by %s", (url, leg) => {
  expect(legOf(url)).toBe(leg);
});

it("watchPath notes what a connection gathers, and with which servers", () => {
  const configuration: RTCConfiguration = {};
  const pc = Object.assign(new EventTarget(), { getConfiguration: () => configuration });
  const reportOf = watchPath(pc as unknown as RTCPeerConnection);
  const candidate = (candidate: object | null) =>
    pc.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
  expect(reportOf()).toEqual({ iceServers: [], policy: "all", gathered: [], errors: [] });

  candidate(relay);
  candidate({ candidate: "", type: null });
  candidate(null);
  pc.dispatchEvent(
    Object.assign(new Event("icecandidateerror"), { url: UDP.urls, errorCode: 701 }),
  );
  // A list that came during the call counts.
  Object.assign(configuration, { iceServers: [UDP], iceTransportPolicy: "relay" });

  expect(reportOf()).toEqual({
    iceServers: [UDP],
    policy: "relay",
    gathered: [relay],
    errors: [{ url: UDP.urls, code: 701 }],
  });
});
