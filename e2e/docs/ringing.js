const bell = document.querySelector("#bell");
const [accept, decline] = bell.querySelectorAll("button");

cignal.on("incomingCall", (call, { peer }) => {
  bell.hidden = false;
  bell.querySelector("p").textContent = `${peer.name} calls.`;
  accept.onclick = async () => {
    bell.hidden = true;
    await call.accept();
  };
  decline.onclick = () => {
    bell.hidden = true;
    call.reject("not now");
  };
});
cignal.on("callCancelled", () => {
  bell.hidden = true;
});
