import type { Cignal } from "cignal-client";
import { openPictures, takePicture } from "cignal-client/record";
import { addCard } from "./card.js";
import { button, download, notify } from "./dom.js";

/** Pictures of whoever has a camera on, to keep or to show to everybody. */
export function showPictures(cignal: Cignal): void {
  const pictures = openPictures(cignal);

  button("picture").onclick = async () => {
    const someone = cignal.peers.find(({ camera }) => camera === "on") ?? cignal.state.me;
    try {
      const picture = await takePicture(cignal, someone.id, { width: 640 });
      const card = addPicture(`Picture of ${someone.name}`, picture);
      card.offer("Show everybody", async () => {
        const outcome = await pictures.share(picture);
        notify(outcome.success ? "Everybody sees the picture." : outcome.error);
      });
    } catch (error) {
      notify(error);
    }
  };

  pictures.on("picture", (picture, { peer }) => addPicture(`Picture from ${peer.name}`, picture));

  function addPicture(title: string, picture: Blob) {
    const card = addCard(title);
    card.show(picture);
    card.offer("Keep", () => download(picture, "picture.jpg"));
    return card;
  }
}
