/** What one connection has tried to find a path with, and what came of it. Holds credentials: never show it. */
export interface PathReport {
  iceServers: RTCIceServer[];
  policy: RTCIceTransportPolicy;
  /** Each local candidate: its type and, of a relay, how the TURN server was reached. */
  gathered: { type: RTCIceCandidateType; relayProtocol?: string | null | undefined }[];
  /** Each `icecandidateerror`. Code 701: no answer; others are the server's (RFC 8489, RFC 8656). */
  errors: { url: string; code: number }[];
}

/** Notes what a connection gathers from now on; returns what reports it. */
export function watchPath(pc: RTCPeerConnection): () => PathReport {
  const gathered: PathReport["gathered"] = [];
  const errors: PathReport["errors"] = [];
  pc.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate?.type) gathered.push(candidate as (typeof gathered)[number]);
  });
  pc.addEventListener("icecandidateerror", ({ url, errorCode: code }) =>
    errors.push({ url, code }),
  );
  return () => {
    const { iceServers = [], iceTransportPolicy: policy = "all" } = pc.getConfiguration();
    return { iceServers, policy, gathered, errors };
  };
}
