import { readFileSync } from "node:fs";
import { expect, test } from "../lib/test.js";

test("The sample of docs/microphone-and-camera.md mutes, and switches the camera off and on", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  const { page } = first;
  await page.evaluate(() => {
    document.body.insertAdjacentHTML(
      "beforeend",
      "<button id=mute>Mute</button><button id=camera>Camera off</button>",
    );
  });
  await page.addScriptTag({
    content: readFileSync(new URL("../docs/devices.js", import.meta.url), "utf8"),
  });
  const media = async () => (await second.state()).peers[0];

  await page.getByRole("button", { name: "Mute" }).click();
  await expect.poll(media).toMatchObject({ microphone: "muted", camera: "on" });
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect.poll(media).toMatchObject({ microphone: "on" });
  await page.getByRole("button", { name: "Camera off" }).click();
  await expect.poll(media).toMatchObject({ camera: "off" });
  await page.getByRole("button", { name: "Camera on" }).click();
  await expect.poll(media).toMatchObject({ microphone: "on", camera: "on" });
});
