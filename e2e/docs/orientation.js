import { shareOrientation } from "cignal-client/orientation";

const orientation = shareOrientation(cignal);

orientation.on("changed", () => {
  const lines = cignal.state.peers.map(({ id, name }) => {
    const { angle, facing } = orientation.of(id) ?? {};
    return `${name}: ${angle ?? "?"}°, ${facing ?? "unknown"} camera`;
  });
  held.textContent = lines.join("; ");
});
