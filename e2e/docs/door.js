const lock = document.querySelector("#lock");
const waiting = document.querySelector("#waiting");

lock.onclick = () => (cignal.state.room.locked ? cignal.room.unlock() : cignal.room.lock());

function button(text, onclick) {
  return Object.assign(document.createElement("button"), { textContent: text, onclick });
}

function show({ me, room, waiting: people }) {
  lock.hidden = !me.host;
  lock.textContent = room.locked ? "Unlock the room" : "Lock the room";
  const items = people.map(({ id, name }) => {
    const item = document.createElement("li");
    item.append(
      `${name} knocks. `,
      button("Let in", () => cignal.room.admit(id)),
      button("Turn away", () => cignal.room.turnAway(id)),
    );
    return item;
  });
  waiting.replaceChildren(...items);
}

show(cignal.state);
cignal.on("stateChanged", show);
