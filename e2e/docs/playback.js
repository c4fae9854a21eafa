const [other, own] = document.querySelectorAll("video");
const listen = document.querySelector("#listen");
const speaker = document.querySelector("#speaker");

cignal.attach(other);
cignal.attach(own, { peer: cignal.data.myPeerId });

cignal.on("playbackBlocked", () => {
  listen.hidden = false;
});
listen.onclick = async () => {
  const { success } = await cignal.resumePlayback();
  listen.hidden = success;
};

for (const { kind, deviceId, label } of await navigator.mediaDevices.enumerateDevices()) {
  if (kind === "audiooutput") speaker.append(new Option(label, deviceId));
}
speaker.onchange = () => cignal.setSpeaker(speaker.value);
