import type { CallSnapshot } from "./call-state.js";

/** What a page finds in `cignal.data`; it may add fields of its own. */
export interface CignalData {
  myPeerId: string;
  myDisplayName: string;
  myRole: string | undefined;
  /** The peer that came first, while it is here. */
  remotePeerId: string | undefined;
  remoteDisplayName: string | undefined;
  remoteRole: string | undefined;
  [field: string]: unknown;
}

/** What the library keeps up to date in it. */
export const names = ({ me, peers: [first] }: CallSnapshot) => ({
  myPeerId: me.id,
  myDisplayName: me.name,
  myRole: me.role,
  remotePeerId: first?.id,
  remoteDisplayName: first?.name,
  remoteRole: first?.role,
});
