import { openFiles } from "cignal-client/files";

const files = openFiles(cignal);
const progress = document.querySelector("#progress");

document.querySelector("#choose").onchange = async ({ target }) => {
  const sending = files.sendFile(target.files[0]);
  sending.on("progress", ({ bytes }) => {
    progress.value = sending.size ? bytes / sending.size : 1;
  });
  const { success, error } = await sending.done;
  if (!success) alert(error.message);
};

files.on("offer", async (file, { peer }) => {
  if (!confirm(`Take ${file.name} (${file.size} bytes) from ${peer.name}?`)) return file.refuse();
  file.on("progress", () => {
    progress.value = file.size ? file.bytes / file.size : 1;
  });
  const outcome = await file.accept();
  if (!outcome.success) return alert(outcome.error.message);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(outcome.file);
  link.download = link.textContent = file.name;
  document.querySelector("#files").append(link);
});
