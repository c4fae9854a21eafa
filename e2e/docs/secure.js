const roomId = Cignal.getUrlParam("roomId");
const status = document.querySelector("#status");

async function token() {
  const response = await fetch(`/call-token/${encodeURIComponent(roomId)}`, { method: "POST" });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return response.text();
}

try {
  const cignal = await Cignal.createRoom({ roomId, token });
  status.textContent = `You are ${cignal.data.myDisplayName}.`;
  cignal.on("peerJoined", (name) => {
    status.textContent = `${name} is here.`;
  });
  cignal.on("serverError", ({ reason }) => {
    status.textContent = reason.message;
  });
} catch ({ code }) {
  status.textContent = code === "token-failed" ? "You may not enter this room." : code;
}
