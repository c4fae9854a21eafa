import type { CallSnapshot, IncomingCall, Outcome, PeerInfo } from "cignal-client";
import { createChat, type OnMessage } from "./chat.js";
import { type ControlsOptions, createControls } from "./controls.js";
import { createDevices, type DevicesOptions } from "./devices.js";
import { find, fromTemplate, keepFocus } from "./dom.js";
import { createDoor, type DoorOptions } from "./door.js";
import { createInvitation } from "./invitation.js";
import { createPeople } from "./people.js";
import { createRinging } from "./ringing.js";
import { createStage, type StageOptions } from "./stage.js";

export interface RoomViewOptions {
  link: string;
  stage: StageOptions;
  controls: ControlsOptions;
  devices: DevicesOptions;
  door: DoorOptions;
  onCopy: () => Promise<Outcome>;
  onMessage: OnMessage;
}

/** A room on the page. It asks by its callbacks and shows what it is told; it decides nothing. */
export function createRoomView({ link, onCopy, onMessage, ...options }: RoomViewOptions) {
  const element = fromTemplate("room");
  const part = (selector: string) => find(element, selector, HTMLElement);
  const stage = createStage(part(".stage"), options.stage);
  const invitation = createInvitation(part(".invitation"), { link, onCopy });
  const people = createPeople(part(".people ul"));
  const lock = find(element, ".lock", HTMLButtonElement);
  const door = createDoor(lock, part(".door"), options.door);
  const chat = createChat(part(".chat"), { onMessage });
  const controls = createControls(part(".controls"), options.controls);
  const choose = find(element, ".choose", HTMLButtonElement);
  const devices = createDevices(part(".devices"), choose, options.devices);
  let lastHere: string | undefined;
  const change = (work: () => void) => keepFocus(element, controls.next, work);
  const ringing = createRinging(find(element, ".ringing", HTMLDialogElement), change);

  function render(state: CallSnapshot): void {
    const [peer] = state.peers;
    if (peer) invitation.hide();
    else invitation.show(lastHere, state.room.locked);
    lastHere = peer?.name ?? lastHere;
    element.classList.toggle("alone", !peer);
    stage.render(state);
    people.render(state);
    door.render(state);
    chat.render(state.peers.map(({ name }) => name));
    controls.render(state);
    devices.showUsed();
  }

  return {
    element,
    focus: () => part("h1").focus(),
    showLocal: stage.showLocal,
    speakerId: () => stage.speakerId,
    listDevices: devices.list,
    showMessage: (peer: PeerInfo, text: string): void => {
      chat.show(peer, text);
    },
    ring: (call: IncomingCall, { name }: PeerInfo) => ringing.show(call, name),
    stopRinging: ringing.hide,
    render: (state: CallSnapshot) => change(() => render(state)),
  };
}
