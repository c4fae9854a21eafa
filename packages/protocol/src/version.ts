/** The versions of PROTOCOL.md that this build speaks, best first (V1). */
export const PROTOCOL_VERSIONS = [1] as const;

/** The highest version that both sides speak, or `undefined` (V2). */
export function negotiateVersion(offered: readonly number[]): number | undefined {
  return PROTOCOL_VERSIONS.find((version) => offered.includes(version));
}
