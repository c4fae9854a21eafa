import { type CallSnapshot, Cignal, type CignalError, listDevices } from "cignal-client";
import { retryOf, shareOf, toggleCamera, toggleMicrophone } from "./sources.js";
import type { Notices } from "./view/notices.js";
import { createRoomView } from "./view/room-view.js";
import type { Visitor } from "./visitor.js";
import { missedWords } from "./words.js";

export interface RoomOptions {
  /** `null` makes a new room. */
  roomId: string | null;
  visitor: Visitor;
  /** Whether to ask to be let in, if the room is locked. */
  knock: boolean;
  /** Aborted by whoever waits no longer. */
  signal: AbortSignal;
  onWaiting: () => void;
  notices: Notices;
  onEntered: (room: Room) => void;
  onState: (state: CallSnapshot) => void;
  /** The room was left, by us or by the server; `enterRoom` again to come back. */
  onLeft: (how: { byMe: boolean }) => void;
}

export interface Room {
  id: string;
  link: string;
  element: HTMLElement;
  focus(): void;
}

/** Enters a room and connects it to its view: everything that the demo asks of Cignal is here. */
export async function enterRoom({
  roomId,
  visitor,
  knock,
  signal,
  onWaiting,
  notices,
  onEntered,
  onState,
  onLeft,
}: RoomOptions): Promise<void> {
  const { name: peerName, rings: ring } = visitor;
  const cignal = await Cignal.createRoom({ roomId, peerName, ring, knock, signal, onWaiting });
  const link = linkTo(cignal.id);
  let byMe = false;

  const view = createRoomView({
    link,
    stage: { attach: (element, what) => cignal.attach(element, what) },
    controls: {
      onMicrophone: () => toggleMicrophone(cignal.microphone),
      onCamera: () => toggleCamera(cignal.camera),
      onShare: shareOf(cignal),
      onCall: () => cignal.joinRoom(),
      onCancel: () => cignal.cancelCall(),
      onHangUp() {
        byMe = true;
        return cignal.leaveRoom();
      },
    },
    devices: {
      onOpen: async () => view.listDevices(await listDevices()),
      onChoose: (kind, deviceId) =>
        kind === "speaker" ? cignal.setSpeaker(deviceId) : cignal[kind].switchDevice(deviceId),
      used: (kind) =>
        kind === "speaker" ? view.speakerId() : cignal[kind].track?.getSettings().deviceId,
    },
    door: {
      onLock: () => (cignal.state.room.locked ? cignal.room.unlock() : cignal.room.lock()),
      onAdmit: (peerId) => cignal.room.admit(peerId),
      onTurnAway: (peerId) => cignal.room.turnAway(peerId),
    },
    onCopy: () => cignal.copyLink(link),
    onMessage: (chatMessage) => cignal.inform({ chatMessage }),
  });
  onEntered({ id: cignal.id, link, element: view.element, focus: view.focus });

  view.showLocal(cignal.data.myPeerId);
  cignal.on("devicesChanged", view.listDevices);
  cignal.on("incomingCall", (call, { peer }) => view.ring(call, peer));
  cignal.on("callCancelled", ({ reason }, { peer }) => {
    view.stopRinging();
    notices.tell(missedWords(peer.name, reason));
  });
  cignal.on("peerJoined", () => notices.clear("news"));
  cignal.on("peerHangUp", ({ reason }, { peer }) => {
    if (reason === "timeout") notices.tell(`${peer.name} lost the connection.`);
    else if (reason !== "closed") notices.tell(`${peer.name} left.`);
  });
  cignal.on("information", (data, { peer }) => {
    if (isChat(data)) view.showMessage(peer, data.chatMessage);
  });

  cignal.on("playbackBlocked", () => {
    const action = { words: "Play it", run: () => cignal.resumePlayback() };
    notices.warn("Your browser does not play sound yet.", { about: "playback", action });
  });

  // Each says in a sentence what happened; whatever still works goes on.
  cignal.on("connectionFailed", ({ message }) => notices.warn(message));
  cignal.on("clientError", ({ error }) => warn(error));
  cignal.on("serverError", ({ reason }) => notices.warn(reason.message));

  function warn(error: CignalError): void {
    // Whoever takes a call back knows.
    if (error.code === "call-cancelled") return;
    // Nothing is wrong.
    if (error.code === "call-rejected" || error.code === "no-answer") notices.tell(error.message);
    else show(error);
  }

  function show(error: CignalError): void {
    const run = retryOf(error, cignal);
    notices.warn(error.message, {
      ...(error.device && { about: error.device }),
      ...(run && { action: { words: "Try again", run } }),
    });
  }

  const stopShowing = cignal.on("stateChanged", (state) => {
    onState(state);
    view.render(state);
    // Whatever was wrong with it, it is being put right, or something newer will be said of it.
    for (const kind of ["microphone", "camera", "screen"] as const) {
      if (state[kind] === "starting") notices.clear(kind);
    }
    if (!cignal.closed) return;
    stopShowing();
    onLeft({ byMe });
  });
}

function linkTo(roomId: string): string {
  const url = new URL(window.location.pathname, window.location.origin);
  url.searchParams.set("roomId", roomId);
  return url.href;
}

/** What comes from a peer may be anything. */
function isChat(data: unknown): data is { chatMessage: string } {
  return (
    typeof data === "object" &&
    data !== null &&
    "chatMessage" in data &&
    typeof data.chatMessage === "string"
  );
}
