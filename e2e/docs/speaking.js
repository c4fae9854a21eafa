import { watchSpeaking } from "cignal-client/speaking";

const speaking = watchSpeaking(cignal);
const who = document.querySelector("#who");
const hint = document.querySelector("#hint");
const meter = document.querySelector("#meter");

speaking.on("activeSpeaker", (peer) => {
  who.textContent = peer?.name ?? "";
});
speaking.on("talkingWhileMuted", (isTalking) => {
  hint.textContent = isTalking ? "You are muted." : "";
});
speaking.on("silentMicrophone", (isSilent) => {
  hint.textContent = isSilent ? "No sound comes from your microphone. Is it switched off?" : "";
});
speaking.on("suspended", (isSuspended) => {
  hint.textContent = isSuspended ? "Click anywhere, so that your microphone can be heard." : "";
});

const show = setInterval(() => {
  meter.value = speaking.level(cignal.data.myPeerId);
  if (cignal.closed) clearInterval(show);
}, 100);
