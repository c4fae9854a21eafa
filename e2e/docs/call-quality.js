import { watchQuality } from "cignal-client/quality";

const quality = watchQuality(cignal);
const bars = document.querySelector("#bars");
const notice = document.querySelector("#notice");
bars.dataset.grade = "good";

quality.on("graded", ({ grade, reason, direction }, { peer }) => {
  bars.dataset.grade = grade;
  bars.title =
    direction === "inbound" ? `From ${peer.name}: ${reason}` : `To ${peer.name}: ${reason}`;
});
quality.on("freeze", ({ kind }, { peer }) => {
  notice.textContent =
    kind === "video" ? `${peer.name}'s picture hangs.` : `${peer.name} is not heard.`;
});
quality.on("freezeEnded", () => {
  notice.textContent = "";
});
quality.on("cpuLimited", () => {
  notice.textContent = "This computer is busy. Close what you do not need.";
});
quality.on("cpuFree", () => {
  notice.textContent = "";
});
quality.on("report", (report) => {
  notice.textContent = report.verdict.sentence;
  navigator.sendBeacon("/calls", JSON.stringify(report));
});
