import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeSpeakers } from "../../test/fake-player.js";
import { Speaker } from "./speaker.js";

function system() {
  const speakers = new FakeSpeakers();
  const outlet = () => speakers.equip({});
  return { speakers, outlet, speaker: new Speaker(outlet) };
}

const settle = () => new Promise(setImmediate);

describe("the output device", () => {
  it("is that of all elements, now and later", async () => {
    const { speaker, outlet } = system();
    const [before, after] = [outlet(), outlet()];
    speaker.add(before);
    expect(await speaker.choose("desk")).toBeUndefined();
    speaker.add(after);
    await settle();
    expect([before.sinkId, after.sinkId]).toEqual(["desk", "desk"]);
    speaker.remove(after);
    expect(await speaker.choose("")).toBeUndefined();
    expect([before.sinkId, after.sinkId]).toEqual(["", "desk"]);
  });

  it("stays as the page has set it, until one is chosen here", async () => {
    const { speaker, outlet } = system();
    const element = outlet();
    await element.setSinkId("desk");
    speaker.add(element);
    speaker.onDevices(["desk", "head"]);
    await settle();
    expect(element.sinkId).toBe("desk");
  });

  it("must be there, or nothing changes", async () => {
    const { speaker, outlet } = system();
    const element = outlet();
    speaker.add(element);
    await speaker.choose("desk");
    const problem = await speaker.choose("kitchen");
    expect(problem).toMatchObject({ code: "device-not-found", device: "speaker" });
    const later = outlet();
    speaker.add(later);
    await settle();
    expect([element.sinkId, later.sinkId]).toEqual(["desk", "desk"]);
  });

  it.each([
    ["NotAllowedError", "permission-denied"],
    ["AbortError", "media-failed"],
  ])("has a code for each failure: %s is %s", async (name, code) => {
    const cause = Object.assign(new Error(), { name });
    const speaker = new Speaker(() => ({ setSinkId: () => Promise.reject(cause) }));
    expect(await speaker.choose("desk")).toMatchObject({ code, cause, device: "speaker" });
  });

  it("cannot be chosen in every browser", async () => {
    const speaker = new Speaker(() => ({}));
    speaker.add({});
    expect(await speaker.choose("desk")).toMatchObject({ code: "not-supported" });
    expect(await speaker.choose("")).toMatchObject({ code: "not-supported" });
  });

  it("is the default while it is away, and comes back", async () => {
    const { speaker, speakers, outlet } = system();
    const element = outlet();
    speaker.add(element);
    await speaker.choose("head");
    speakers.connected.delete("head");
    speaker.onDevices(["desk"]);
    const attachedMeanwhile = outlet();
    speaker.add(attachedMeanwhile);
    await settle();
    expect([element.sinkId, attachedMeanwhile.sinkId]).toEqual(["", ""]);
    speakers.connected.add("head");
    speaker.onDevices(["desk", "head"]);
    await settle();
    expect([element.sinkId, attachedMeanwhile.sinkId]).toEqual(["head", "head"]);
  });

  it("may be newer than the list of devices", async () => {
    const { speaker, outlet } = system();
    const element = outlet();
    speaker.add(element);
    speaker.onDevices(["desk"]);
    await speaker.choose("head");
    expect(element.sinkId).toBe("head");
  });

  it("changes once at a time, as answers of the browser may overtake each other", async () => {
    const { speaker, speakers, outlet } = system();
    const element = outlet();
    speaker.add(element);
    await settle();
    speakers.hold();
    const answer = async () => {
      speakers.due.pop()?.();
      await settle();
    };
    const desk = speaker.choose("desk");
    await answer();
    const head = speaker.choose("head");
    await answer();
    await answer();
    await answer();
    expect(await Promise.all([desk, head])).toEqual([undefined, undefined]);
    expect(element.sinkId).toBe("head");
  });

  it("is the one that was chosen last, in whatever order the browser answers", async () => {
    const step = fc.oneof(
      fc.constantFrom("desk", "head", "", "none"),
      fc.constantFrom("add" as const, "answer the first" as const, "answer the last" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { speaker, speakers, outlet } = system();
        speakers.hold();
        const elements = [outlet()];
        for (const each of elements) speaker.add(each);
        const choices: Promise<unknown>[] = [];
        for (const name of steps) {
          if (name === "add") {
            const element = outlet();
            elements.push(element);
            speaker.add(element);
          } else if (name === "answer the first") speakers.due.shift()?.();
          else if (name === "answer the last") speakers.due.pop()?.();
          else choices.push(speaker.choose(name));
          await Promise.resolve();
        }
        let isOver = false;
        void Promise.all(choices).then(() => {
          isOver = true;
        });
        while (!isOver || speakers.due.length > 0) {
          for (const answer of speakers.due.splice(0)) answer();
          await settle();
        }
        const last = steps.findLast((name) => ["desk", "head", ""].includes(name)) ?? "";
        expect(elements.map(({ sinkId }) => sinkId)).toEqual(elements.map(() => last));
      }),
    );
  });
});
