const listen = document.querySelector("#listen");

cignal.attach(document.querySelector("#other"));
cignal.attach(document.querySelector("#own"), { peer: cignal.data.myPeerId });

cignal.on("playbackBlocked", () => {
  listen.hidden = false;
});
listen.onclick = async () => {
  const { success } = await cignal.resumePlayback();
  listen.hidden = success;
};
