import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeTransceiver } from "../../test/fake-media.js";
import { inOrder, tune, wishFor } from "./quality.js";
import { changeParameters } from "./sender-parameters.js";

const newSender = () => new FakeTransceiver("video", "sendrecv").sender as unknown as RTCRtpSender;

describe("the order of codecs", () => {
  const codecs = ["VP8", "rtx", "VP9", "VP9", "H264", "AV1"].map((name, index) => ({
    mimeType: `video/${name}`,
    clockRate: 90_000,
    sdpFmtpLine: `number=${index}`,
  }));

  it("puts the named ones first, in their order, and keeps the others for those who lack them", () => {
    const names = inOrder(codecs, ["av1", "VP9"]).map(({ mimeType }) => mimeType.slice(6));
    expect(names).toEqual(["AV1", "VP9", "VP9", "VP8", "rtx", "H264"]);
  });

  it("loses and doubles none, and keeps the browser's order where nothing is said", () => {
    const names = fc.subarray(["vp8", "VP9", "H264", "AV1", "H265", "opus"]);
    fc.assert(
      fc.property(names, (names) => {
        const ordered = inOrder(codecs, names);
        expect(new Set(ordered)).toEqual(new Set(codecs));
        const wanted = new Set(names.map((name) => `video/${name.toUpperCase()}`));
        const rest = ({ mimeType }: { mimeType: string }) =>
          !wanted.has(mimeType.toUpperCase().replace("VIDEO", "video"));
        expect(ordered.filter(rest)).toEqual(codecs.filter(rest));
      }),
    );
  });
});

describe("what is wished of a sender", () => {
  it("is nothing special while no screen is shared", () => {
    for (const kind of ["audio", "video", "screen"] as const) {
      expect(wishFor(kind, {}, false)).toEqual({ priority: "low" });
    }
  });

  it("is sound first and the screen before the camera while one is shared", () => {
    const quality = { video: { maxBitrate: 500_000, codecs: ["VP8"] } };
    expect(wishFor("audio", quality, true)).toEqual({ priority: "high" });
    expect(wishFor("screen", quality, true)).toEqual({ priority: "medium" });
    expect(wishFor("video", quality, true)).toEqual({ priority: "low", maxBitrate: 500_000 });
  });

  it("is done, and taken back", async () => {
    const sender = newSender();
    tune(sender, { priority: "high", maxBitrate: 9, degradationPreference: "balanced" });
    await changeParameters(sender, () => false);
    expect(sender.getParameters()).toMatchObject({
      encodings: [{ priority: "high", maxBitrate: 9 }],
      degradationPreference: "balanced",
    });
    tune(sender, { priority: "low", active: false });
    await changeParameters(sender, () => false);
    expect(sender.getParameters().encodings[0]?.active).toBe(false);
    tune(sender, { priority: "low" });
    await changeParameters(sender, () => false);
    expect(sender.getParameters().encodings[0]?.maxBitrate).toBeUndefined();
    expect(sender.getParameters().encodings[0]?.active).toBe(true);
    expect(sender.getParameters().degradationPreference).toBeUndefined();
  });
});

describe("a change of a sender's parameters", () => {
  it("starts from what the one before has left", async () => {
    const sender = newSender();
    const add = (maxBitrate: number) =>
      changeParameters(sender, ({ encodings: [encoding] }) => {
        if (encoding) encoding.maxBitrate = (encoding.maxBitrate ?? 0) + maxBitrate;
        return undefined;
      });
    await Promise.all([add(1), add(10), add(100)]);
    expect(sender.getParameters().encodings[0]?.maxBitrate).toBe(111);
  });

  it("that the browser refuses hinders no other", async () => {
    const sender = newSender();
    const refused = changeParameters(sender, () => {
      throw new DOMException("no", "InvalidModificationError");
    });
    await expect(refused).resolves.toBeUndefined();
    await changeParameters(sender, ({ encodings: [encoding] }) => {
      if (encoding) encoding.active = false;
      return undefined;
    });
    expect(sender.getParameters().encodings[0]?.active).toBe(false);
  });
});
