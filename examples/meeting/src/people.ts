import type { CallSnapshot, Cignal, PeerSnapshot } from "cignal-client";
import { shareOrientation } from "cignal-client/orientation";
import { type QualityWatch, watchQuality } from "cignal-client/quality";
import { watchSpeaking } from "cignal-client/speaking";
import { find } from "./dom.js";
import { Tile } from "./tile.js";

type Person = Pick<PeerSnapshot, "id" | "name" | "details"> &
  Record<"microphone" | "camera" | "screen", string>;

/** A tile for each person and shared screen, oneself first, with who speaks and how well it goes. */
export function showPeople(cignal: Cignal): QualityWatch {
  const list = find("people", HTMLElement);
  const cameras = new Map<string, Tile>();
  const screens = new Map<string, Tile>();
  const me = cignal.data.myPeerId;
  const orientation = shareOrientation(cignal);

  function showAll(state: CallSnapshot): void {
    const on = (source: string) => (source === "live" ? "on" : "off");
    const [microphone, camera] = [on(state.microphone), on(state.camera)];
    const own = { ...state.me, microphone, camera, screen: on(state.screen) };
    const people: Person[] = [{ ...own, name: `${own.name} (you)` }, ...state.peers];
    keep(cameras, people, false);
    keep(
      screens,
      people.filter(({ screen }) => screen === "on"),
      true,
    );
    for (const person of people) show(person);
    list.dataset["count"] = String(cameras.size + screens.size);
  }

  /** One tile for each of them, and none for anybody else. */
  function keep(tiles: Map<string, Tile>, people: Person[], screen: boolean): void {
    for (const [id, tile] of tiles) {
      if (people.some((person) => person.id === id)) continue;
      tile.element.remove();
      tiles.delete(id);
    }
    for (const { id } of people) {
      if (tiles.has(id)) continue;
      const tile = new Tile(screen);
      cignal.attach(tile.video, { peer: id, screen });
      tiles.set(id, tile);
      list.append(tile.element);
    }
  }

  function show({ id, name, details, microphone, camera }: Person): void {
    const facing = id === me ? orientation.own.facing : orientation.of(id)?.facing;
    cameras.get(id)?.show(name, {
      dark: camera !== "on",
      muted: microphone !== "on",
      mirrored: id === me && facing !== "back",
      back: facing === "back",
      records: details?.["records"] === true,
    });
    screens.get(id)?.show(id === me ? "Your screen" : `${name}'s screen`);
  }

  cignal.on("stateChanged", showAll);
  orientation.on("changed", () => showAll(cignal.state));

  const speaking = watchSpeaking(cignal);
  speaking.on("speaking", (isSpeaking, { peer }) => cameras.get(peer.id)?.speaks(isSpeaking));

  const quality = watchQuality(cignal);
  quality.on("graded", ({ grade, reason, direction }, { peer }) => {
    if (direction === "inbound") cameras.get(peer.id)?.grade(grade, reason);
  });
  return quality;
}
