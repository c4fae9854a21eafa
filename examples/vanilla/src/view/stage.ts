import type { CallSnapshot, Cignal, PeerSnapshot } from "cignal-client";
import { isShared, peerWords, sharingWords, troubleWords } from "../words.js";
import { paintAvatar } from "./avatar.js";
import { find } from "./dom.js";

export interface StageOptions {
  attach: Cignal["attach"];
}

/** The pictures, and in their place, while there are none, who is there and what is going on. */
export function createStage(root: HTMLElement, { attach }: StageOptions) {
  const avatar = find(root, ".caption .avatar", HTMLElement);
  const caption = find(root, ".caption", HTMLElement);
  const captionText = find(root, ".caption-text", HTMLElement);
  const hint = find(root, ".caption .hint", HTMLElement);
  const label = find(root, ".label", HTMLElement);
  const trouble = find(root, ".trouble", HTMLElement);
  const sharing = find(root, ".sharing", HTMLElement);
  const remote = find(root, ".remote", HTMLVideoElement);
  const screen = find(root, ".screen", HTMLVideoElement);
  const local = find(root, ".tile video", HTMLVideoElement);
  const localAvatar = find(root, ".tile .avatar", HTMLElement);
  let shown: string | undefined;
  let detach = () => {};

  function play(peer: PeerSnapshot | undefined): void {
    if (peer?.id === shown) return;
    detach();
    shown = peer?.id;
    const detached = peer
      ? [attach(remote, { peer: peer.id }), attach(screen, { peer: peer.id, screen: true })]
      : [];
    detach = () => {
      for (const each of detached) each();
    };
  }

  function showPeer(peer: PeerSnapshot): void {
    paintAvatar(avatar, peer.name);
    write(captionText, captionOf(peer));
    write(hint, peer.call === "waiting" ? "Press Call when you are ready." : "");
    caption.dataset["call"] = peer.call;
    const talking = peer.call === "in-call" && peer.connection === "connected";
    const words = troubleWords(peer);
    write(trouble, words);
    const muted = talking && peer.microphone === "muted";
    write(label, (talking && !muted) || words ? peer.name : `${peer.name} · ${peerWords(peer)}`);
    screen.ariaLabel = `Screen of ${peer.name}`;
  }

  return {
    /** Where the sound comes out; `""` is the system's default. */
    get speakerId(): string | undefined {
      return remote.sinkId;
    },

    /** Plays the own picture. */
    showLocal: (me: string) => attach(local, { peer: me }),

    render(state: CallSnapshot): void {
      const { me, inCall } = state;
      const [peer] = state.peers;
      play(peer);
      // Where no picture comes, the name is better than black.
      local.classList.toggle("dark", state.camera !== "live");
      remote.classList.toggle("dark", peer?.camera !== "on");
      paintAvatar(localAvatar, me.name);
      caption.hidden = !peer;
      label.hidden = !inCall;
      if (peer) showPeer(peer);
      else for (const line of [captionText, trouble]) write(line, "");
      const presenting = inCall && peer !== undefined && peer.screen !== "off";
      root.classList.toggle("presenting", presenting);
      screen.hidden = !presenting;
      // Who sees the screen need not read of it.
      sharing.classList.toggle("unseen", !isShared(state.screen));
      write(sharing, sharingWords(state));
    },
  };
}

function captionOf({ name, call, camera, connection }: PeerSnapshot): string {
  if (call === "waiting") return `${name} is here`;
  if (call === "calling") return `Calling ${name}…`;
  if (call === "ringing") return `Ringing ${name}…`;
  if (call === "incoming") return `${name} is calling`;
  if (connection === "connected" && camera !== "on") return `${name} has the camera off`;
  return connection === "connected" ? `In the call with ${name}` : `Connecting to ${name}…`;
}

/** A live region is read out when it is written, so only what is new is. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
