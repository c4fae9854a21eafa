import type { Cignal } from "cignal-client";
import { type IncomingFile, openFiles } from "cignal-client/files";
import { addCard, type Card } from "./card.js";
import { download, find } from "./dom.js";

/** Files to everybody, and a card for each that goes or comes. */
export function showFiles(cignal: Cignal): void {
  const files = openFiles(cignal);
  const chosen = find("file", HTMLInputElement);

  chosen.onchange = () => {
    for (const file of chosen.files ?? []) send(file);
    chosen.value = "";
  };

  function send(file: File): void {
    const sending = files.sendFile(file, { lateJoiners: true });
    const card = addCard(`${file.name}, to everybody`);
    card.offer("Stop offering", () => sending.cancel());
    sending.on("progress", () => {
      const words = sending.transfers.map(({ peer, state }) => `${peer.name}: ${state}`);
      card.say(words.join(", "));
    });
    void sending.done.then(() => card.element.remove());
  }

  files.on("offer", (incoming, { peer }) => {
    const card = addCard(`${incoming.name} from ${peer.name}, ${sizeOf(incoming.size)}`);
    card.offer("Get", () => void receive(incoming, card));
    card.offer("Refuse", () => {
      incoming.refuse();
      card.element.remove();
    });
  });

  async function receive(incoming: IncomingFile, card: Card): Promise<void> {
    card.empty();
    card.offer("Cancel", () => incoming.cancel());
    incoming.on("progress", () => card.progress(incoming.bytes, incoming.size));
    const outcome = await incoming.accept();
    if (outcome.success && outcome.file) download(outcome.file, incoming.name);
    card.empty();
    card.say(outcome.success ? "Received, and it is what was sent." : outcome.error.message);
  }
}

function sizeOf(bytes: number): string {
  const unit = bytes < 1_000_000 ? "kilobyte" : "megabyte";
  const count = bytes / (unit === "kilobyte" ? 1_000 : 1_000_000);
  const style = { style: "unit", unit, maximumSignificantDigits: 2 } as const;
  return new Intl.NumberFormat(undefined, style).format(count);
}
