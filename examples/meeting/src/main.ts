import { Cignal, getUrlParam } from "cignal-client";
import { adaptMedia } from "cignal-client/adapt";
import { showApplause } from "./applause.js";
import { showChat } from "./chat.js";
import { showControls } from "./controls.js";
import { button, find, notify } from "./dom.js";
import { showFiles } from "./files.js";
import { showPeople } from "./people.js";
import { showPictures } from "./pictures.js";
import { showReport } from "./report.js";

const form = find("enter", HTMLFormElement);

const roomId = getUrlParam("roomId");
if (roomId) find("welcome", HTMLElement).textContent = "You are invited to a meeting.";

form.onsubmit = (event) => {
  event.preventDefault();
  void enter(find("name", HTMLInputElement).value);
};

// Who reloads the page is back at once.
const name = sessionStorage.getItem("name");
if (roomId && name) void enter(name);

async function enter(peerName: string): Promise<void> {
  try {
    const cignal = await Cignal.createRoom({ roomId, peerName });
    sessionStorage.setItem("name", peerName);
    meet(cignal);
  } catch (error) {
    find("problem", HTMLElement).textContent =
      error instanceof Error ? error.message : String(error);
  }
}

function meet(cignal: Cignal): void {
  const link = new URL(`?roomId=${encodeURIComponent(cignal.id)}`, location.href).href;
  history.replaceState(null, "", link);
  form.hidden = true;
  find("meeting", HTMLElement).hidden = false;

  // Eight cameras at full size are more than most networks and computers take.
  adaptMedia(cignal);
  const quality = showPeople(cignal);
  showChat(cignal);
  showFiles(cignal);
  showPictures(cignal);
  showApplause(cignal);
  showControls(cignal);
  showReport(cignal, quality);

  button("copy").onclick = () => cignal.copyLink(link);
  cignal.on("stateChanged", ({ peers }) => {
    find("alone", HTMLElement).hidden = peers.length > 0;
  });
  cignal.on("peerJoined", (name) => notify(`${name} is here.`));
  cignal.on("peerHangUp", (_, { peer }) => notify(`${peer.name} has gone.`));
  cignal.on("clientError", ({ reason }) => notify(reason));
  cignal.on("serverError", ({ reason }) => notify(reason.message));

  // Whoever comes calls all who are there, and whoever is there answers by itself.
  if (cignal.state.peers.length > 0) void cignal.joinRoom();
}
