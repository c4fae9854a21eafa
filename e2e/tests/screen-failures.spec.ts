import { expectFrames } from "../lib/media.js";
import type { Peer } from "../lib/peer.js";
import { expect, test } from "../lib/test.js";

const rejections = [
  { name: "NotAllowedError", code: "permission-denied", retryable: true },
  { name: "InvalidStateError", code: "click-needed", retryable: true },
  // Safari's, for the same.
  { name: "InvalidAccessError", code: "click-needed", retryable: true },
  { name: "NotFoundError", code: "device-not-found", retryable: true },
  { name: "NotReadableError", code: "device-busy", retryable: true },
  { name: "AbortError", code: "device-busy", retryable: true },
  { name: "UnknownError", code: "media-failed", retryable: false },
];

// A browser without a person in front of it gives few of these errors by itself.
test("Whatever error sharing a screen gives has its code and what to do, and the call goes on", async ({
  openCall,
}) => {
  const [first, second] = await openCall();
  for (const { name, code, retryable } of rejections) {
    await first.page.evaluate((name) => {
      navigator.mediaDevices.getDisplayMedia = () =>
        Promise.reject(new DOMException("no reason given", name));
    }, name);
    await expectFailure(first, { code, retryable });
  }
  await first.page.evaluate(() => {
    Reflect.deleteProperty(navigator.mediaDevices, "getDisplayMedia");
  });
  // The browser's own: W3C screen-capture, section 5.1.
  const exact = { video: { width: { exact: 100 } } };
  await expectFailure(first, { code: "constraints-not-met", retryable: false }, exact);

  expect(await first.clientErrors()).toHaveLength(rejections.length + 1);
  expect(await share(first)).toEqual({ success: true });
  await expectFrames(first.page, second.page);
  await expect.poll(() => second.events("screenStream")).toHaveLength(1);
});

async function expectFailure(
  peer: Peer,
  error: { code: string; retryable: boolean },
  options?: DisplayMediaStreamOptions,
): Promise<void> {
  const message = expect.stringMatching(/^\p{Lu}.+ .+ .+\.$/u);
  const all = { ...error, device: "screen", message };
  expect(await share(peer, options)).toMatchObject({ success: false, error: all });
  expect((await peer.clientErrors()).at(-1)).toMatchObject(all);
  expect(await peer.state()).toMatchObject({ screen: "blocked", camera: "live" });
}

function share({ page }: Peer, options?: DisplayMediaStreamOptions) {
  return page.evaluate((options) => lab.answer(cignal.screen.start(options)), options);
}
