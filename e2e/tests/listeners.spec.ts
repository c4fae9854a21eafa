import { expect, test } from "../lib/test.js";

test("DEFECTS 15: a listener that throws, and one for a single event, stop no other", async ({
  openPair,
}) => {
  const [first, second] = await openPair({ mediaConstraints: { audio: false, video: false } });
  await first.page.evaluate(() => {
    globalThis.heard = [];
    cignal.on("information", () => {
      throw new Error("of the page's own making");
    });
    cignal.once("information", (data) => heard.push(`once ${data}`));
    cignal.on("information", (data) => heard.push(`on ${data}`));
  });

  await second.inform(1);
  await second.inform(2);

  await expect.poll(() => first.page.evaluate(() => heard)).toEqual(["once 1", "on 1", "on 2"]);
  // Its error is not swallowed either: the page sees it as its own.
  const own = "Error: of the page's own making";
  await expect.poll(() => first.pageErrors.splice(0)).toEqual([own, own]);
});

declare global {
  var heard: string[];
}
