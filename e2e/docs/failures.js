const notice = document.querySelector("#notice");
const tryAgain = notice.querySelector("button");

cignal.on("clientError", ({ reason, error }) => {
  if (!error.device) return;
  notice.hidden = false;
  notice.querySelector("p").textContent = reason;
  tryAgain.hidden = !error.retryable;
  tryAgain.onclick = () => {
    notice.hidden = true;
    // "microphone", "camera", "microphone and camera" or "screen"; a "speaker" is chosen anew in its menu
    for (const name of error.device.split(" and ")) cignal[name]?.start();
  };
});
