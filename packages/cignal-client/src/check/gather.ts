/** What came of gathering candidates. */
export interface Gathered {
  /** Whether there is a candidate of the wanted type. */
  found: boolean;
  /** Whether the browser says that it has finished, rather than that the time was over. */
  complete: boolean;
  /** Whether the machine has an address of its own: without a network, gathering ends at once and without an error. */
  online: boolean;
  errors: { url: string; code: number }[];
}

/** Waits for a candidate of one type, until gathering ends or the time is over. Call it before gathering starts. */
export function gather(
  pc: RTCPeerConnection,
  wanted: RTCIceCandidateType,
  timeoutMs: number,
): Promise<Gathered> {
  return new Promise((resolve) => {
    const gathered: Gathered = { found: false, complete: false, online: false, errors: [] };
    const timer = setTimeout(() => resolve(gathered), timeoutMs);
    const end = (how: Partial<Gathered>) => {
      clearTimeout(timer);
      resolve(Object.assign(gathered, how));
    };
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.type === wanted) end({ found: true });
      if (candidate?.type === "host") gathered.online = true;
    });
    pc.addEventListener("icecandidateerror", ({ url, errorCode: code }) =>
      gathered.errors.push({ url, code }),
    );
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState === "complete") end({ complete: true });
    });
  });
}
