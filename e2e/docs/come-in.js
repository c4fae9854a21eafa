const status = document.querySelector("#status");

async function comeIn(options) {
  try {
    return await Cignal.createRoom({
      ...options,
      onWaiting: ({ reason }) => {
        status.textContent =
          reason === "host" ? "It begins when a host is here." : "You will be let in.";
      },
    });
  } catch (error) {
    if (error.code === "room-locked" && confirm("The room is locked. Knock?")) {
      return comeIn({ ...options, knock: true });
    }
    if (error.code === "password-required" || error.code === "wrong-password") {
      const password = prompt(error.message);
      if (password) return comeIn({ ...options, password });
    }
    status.textContent = error.message;
    return null;
  }
}

document.querySelector("#come-in").onclick = async () => {
  const cignal = await comeIn({ roomId: "lobby", peerName: "Ada" });
  if (cignal) status.textContent = `You are in, ${cignal.state.me.name}.`;
};
