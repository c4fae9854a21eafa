import { getUrlParam } from "cignal-client";
import { remember, rememberedName } from "./name.js";
import { rememberedPlace, rememberPlace } from "./place.js";
import { enterRoom } from "./room.js";
import { find } from "./view/dom.js";
import { createLeft } from "./view/left.js";
import { createNotices } from "./view/notices.js";
import { createStart } from "./view/start.js";
import { createStatus } from "./view/status.js";

const main = find(document, "main", HTMLElement);
const notices = createNotices(find(document, ".notices", HTMLElement));
const status = createStatus(find(document, ".status", HTMLElement));
let roomId = getUrlParam("roomId");

const start = createStart({ joining: roomId !== null, name: rememberedName(), onEnter: enter });
main.replaceChildren(start.element);
start.focus();

const place = rememberedPlace();
if (place && place.roomId === roomId) void enter(place.name);

async function enter(name: string): Promise<void> {
  remember(name);
  notices.clear();
  try {
    const room = await enterRoom({ roomId, name, notices, onState: status.render, onLeft });
    roomId = room.id;
    rememberPlace({ roomId, name });
    // A reload, or a page that the phone threw away, comes back to the same room.
    history.replaceState(null, "", room.link);
    main.replaceChildren(room.element);
    room.focus();
  } catch (error) {
    notices.warn(error instanceof Error ? error.message : String(error));
  }

  function onLeft({ byMe }: { byMe: boolean }): void {
    rememberPlace(null);
    const left = createLeft({ byMe, onRejoin: () => enter(name) });
    main.replaceChildren(left.element);
    left.focus();
  }
}
