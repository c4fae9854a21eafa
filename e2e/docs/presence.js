const watch = await Cignal.watchRoom({ roomId: "lobby" }, ({ size, capacity, locked }) => {
  const sign = locked ? "locked" : `${size} of ${capacity} are here`;
  document.querySelector("#lobby").textContent = sign;
});

document.querySelector("#close").onclick = () => watch.stop();
