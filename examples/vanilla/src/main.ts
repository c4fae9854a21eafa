import { CignalError, getUrlParam } from "cignal-client";
import { rememberedPlace, rememberPlace } from "./place.js";
import { enterRoom, type Room } from "./room.js";
import { find } from "./view/dom.js";
import { createLeft } from "./view/left.js";
import { createNotices } from "./view/notices.js";
import { createStart } from "./view/start.js";
import { createStatus } from "./view/status.js";
import { createWaiting } from "./view/waiting.js";
import { rememberedVisitor, rememberVisitor, type Visitor } from "./visitor.js";

const main = find(document, "main", HTMLElement);
const notices = createNotices(find(document, ".notices", HTMLElement), () => main.focus());
const status = createStatus(find(document, ".status", HTMLElement));
let roomId = getUrlParam("roomId");

const start = createStart({
  joining: roomId !== null,
  visitor: rememberedVisitor(),
  onEnter: enter,
});
main.replaceChildren(start.element);
start.focus();

const place = rememberedPlace();
if (place && place.roomId === roomId) void enter(place.visitor);

async function enter(visitor: Visitor, { knock = false } = {}): Promise<void> {
  rememberVisitor(visitor);
  notices.clear();
  const before = main.firstElementChild;
  const patience = new AbortController();
  const { signal } = patience;
  try {
    await enterRoom({
      roomId,
      visitor,
      knock,
      signal,
      onWaiting,
      notices,
      onEntered,
      onState: status.render,
      onLeft,
    });
  } catch (error) {
    if (before) main.replaceChildren(before);
    if (signal.aborted) main.focus();
    else explain(error);
  }

  function onWaiting(): void {
    const waiting = createWaiting({ onStop: () => patience.abort() });
    // Who comes back to a room in which they were is shown the room.
    if (main.firstElementChild !== before) return;
    main.replaceChildren(waiting.element);
    waiting.focus();
  }

  function explain(error: unknown): void {
    const isLocked = error instanceof CignalError && error.code === "room-locked";
    notices.warn(error instanceof Error ? error.message : String(error), {
      ...(isLocked && { action: { words: "Knock", run: () => enter(visitor, { knock: true }) } }),
    });
  }

  function onEntered(room: Room): void {
    roomId = room.id;
    rememberPlace({ roomId, visitor });
    // A reload, or a page that the phone threw away, comes back to the same room.
    history.replaceState(null, "", room.link);
    main.replaceChildren(room.element);
    room.focus();
  }

  function onLeft({ byMe }: { byMe: boolean }): void {
    rememberPlace(null);
    const left = createLeft({ byMe, onRejoin: () => enter(visitor) });
    main.replaceChildren(left.element);
    left.focus();
  }
}
