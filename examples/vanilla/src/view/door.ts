import type { CallSnapshot, Outcome } from "cignal-client";
import { find, fromTemplate, onClick } from "./dom.js";

export interface DoorOptions {
  onLock: () => Promise<Outcome>;
  onAdmit: (peerId: string) => Promise<Outcome>;
  onTurnAway: (peerId: string) => Promise<Outcome>;
}

/** What a host can do about who comes: the lock, and an answer for each who knocks. */
export function createDoor(
  lock: HTMLButtonElement,
  list: HTMLElement,
  { onLock, onAdmit, onTurnAway }: DoorOptions,
) {
  const knocks = new Map<string, HTMLElement>();
  onClick(lock, onLock);

  function createKnock(peerId: string, name: string): HTMLElement {
    const element = fromTemplate("knock");
    const letIn = find(element, ".let-in", HTMLButtonElement);
    const turnAway = find(element, ".turn-away", HTMLButtonElement);
    find(element, ".knock-text", HTMLElement).textContent = `${name} knocks`;
    letIn.ariaLabel = `Let in ${name}`;
    turnAway.ariaLabel = `Turn away ${name}`;
    onClick(letIn, () => onAdmit(peerId));
    onClick(turnAway, () => onTurnAway(peerId));
    return element;
  }

  return {
    render({ me, room, waiting }: CallSnapshot): void {
      lock.hidden = !me.host;
      lock.classList.toggle("on", room.locked);
      const words = room.locked ? "Unlock the room" : "Lock the room";
      if (lock.ariaLabel !== words) {
        lock.ariaLabel = words;
        lock.title = words;
      }
      for (const [id, knock] of knocks) {
        if (waiting.some((peer) => peer.id === id)) continue;
        knock.remove();
        knocks.delete(id);
      }
      for (const { id, name } of waiting) {
        if (knocks.has(id)) continue;
        const knock = createKnock(id, name);
        knocks.set(id, knock);
        list.append(knock);
      }
    },
  };
}
