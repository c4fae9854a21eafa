/** What came of gathering candidates. */
export interface Gathered {
  /** Whether there is a candidate of the wanted type. */
  found: boolean;
  /** Whether the browser says that it has finished, rather than that the time was over. */
  complete: boolean;
  /** How many of the machine's own addresses were tried over UDP. */
  hosts: number;
  errors: { url: string; code: number }[];
}

/** Waits for a candidate of one type, until gathering ends or the time is over. Call it before gathering starts. */
export function gather(
  pc: RTCPeerConnection,
  wanted: RTCIceCandidateType,
  timeoutMs: number,
): Promise<Gathered> {
  return new Promise((resolve) => {
    const gathered: Gathered = { found: false, complete: false, hosts: 0, errors: [] };
    const timer = setTimeout(() => resolve(gathered), timeoutMs);
    const end = (how: Partial<Gathered>) => {
      clearTimeout(timer);
      resolve(Object.assign(gathered, how));
    };
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.type === wanted) end({ found: true });
      else if (candidate?.type === "host" && candidate.protocol === "udp") gathered.hosts++;
    });
    pc.addEventListener("icecandidateerror", ({ url, errorCode: code }) =>
      gathered.errors.push({ url, code }),
    );
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState === "complete") end({ complete: true });
    });
  });
}
