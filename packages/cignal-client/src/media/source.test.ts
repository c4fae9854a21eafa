import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { camera, live, own } from "../../test/asked-camera.js";
import { FakeTrack } from "../../test/fake-media.js";

describe("a source", () => {
  it("starts, is live, and stops", async () => {
    const { source, states, started } = camera();
    const track = await started();
    source.stop();
    source.stop();
    expect(states).toEqual(["starting", "live", "off"]);
    expect(track.readyState).toBe("ended");
    expect(source.track).toBeNull();
  });

  it("asks once, however often it is started", async () => {
    const { source, asked, next } = camera();
    const outcomes = [source.start(), source.start()];
    (await next()).give();
    expect(await Promise.all(outcomes)).toEqual([{ success: true }, { success: true }]);
    expect(await source.start()).toEqual({ success: true });
    expect(asked).toEqual([]);
  });

  it("releases what comes after it was stopped, and says off meanwhile", async () => {
    const { source, next } = camera();
    const outcome = source.start();
    source.stop();
    expect(source.state).toBe("off");
    const track = (await next()).give();
    expect(await outcome).toEqual({ success: true });
    expect(track.readyState).toBe("ended");
    expect(source.state).toBe("off");
  });

  it("uses what comes after it was stopped and started again, without a second question", async () => {
    const { source, asked, next } = camera();
    source.start();
    source.stop();
    const outcome = source.start();
    const track = (await next()).give();
    await outcome;
    expect(source.track).toBe(track);
    expect(asked).toEqual([]);
  });

  it("is blocked with the reason when it cannot be had, and may be tried again", async () => {
    const { source, next, started } = camera();
    const outcome = source.start();
    (await next()).deny();
    expect(await outcome).toMatchObject({ success: false, error: { code: "permission-denied" } });
    expect(source).toMatchObject({ state: "blocked", error: { code: "permission-denied" } });
    await started();
    expect(source).toMatchObject({ state: "live", error: undefined });
  });

  it("keeps its mute through everything", async () => {
    const { source, started } = camera();
    source.mute();
    expect(source.state).toBe("off");
    const track = await started();
    expect([source.state, track.enabled]).toEqual(["muted", false]);
    track.interrupt(true);
    expect(source.state).toBe("muted");
    source.unmute();
    expect([source.state, track.enabled]).toEqual(["interrupted", true]);
    track.interrupt(false);
    expect(source.state).toBe("live");
    source.mute();
    track.end();
    expect(source.state).toBe("ended");
    expect((await started()).enabled).toBe(false);
  });

  it("takes no track that has ended, is of another kind or is none, and starts after that as ever", async () => {
    const { source, started } = camera();
    const ended = new FakeTrack("video");
    ended.stop();
    for (const wrong of [ended, new FakeTrack("audio"), undefined, {}]) {
      expect(await source.use(wrong as unknown as MediaStreamTrack)).toMatchObject({
        success: false,
        error: { code: "bad-argument", field: "track" },
      });
    }
    await started();
    expect(source.state).toBe("live");
  });

  it("releases one device before it asks for another", async () => {
    const { source, next, started } = camera();
    const first = await started();
    const outcome = source.switchDevice("other");
    const { choice, give } = await next();
    expect(first.readyState).toBe("ended");
    expect(choice).toEqual({ deviceId: "other", exact: true });
    const second = give();
    await outcome;
    expect(source.track).toBe(second);
  });

  it("goes back to the device before if another one cannot be had, and says why", async () => {
    const { source, chosen, next, started } = camera();
    await started();
    const outcome = source.switchDevice("other");
    (await next()).deny();
    const { choice, give } = await next();
    expect(choice).toEqual({});
    const back = give();
    expect(await outcome).toMatchObject({ success: false, error: { code: "permission-denied" } });
    expect(source).toMatchObject({ state: "live", track: back });
    expect(chosen).toEqual([]);
  });

  it("takes any device if the one that is chosen meanwhile cannot be had, and says why", async () => {
    const { source, chosen, next } = camera();
    source.start();
    const outcome = source.switchDevice("other");
    (await next()).give();
    (await next()).fail();
    const { choice, give } = await next();
    expect(choice).toEqual({ deviceId: "other" });
    give();
    expect(await outcome).toMatchObject({ success: false, error: { code: "device-busy" } });
    expect(source.state).toBe("live");
    expect(chosen).toEqual([]);
  });

  it("remembers a device that was chosen while it was off", async () => {
    const { source, next, asked, chosen } = camera();
    expect(await source.switchDevice("other")).toEqual({ success: true });
    expect(asked).toEqual([]);
    expect(chosen).toEqual(["other"]);
    source.start();
    expect((await next()).choice).toEqual({ deviceId: "other" });
  });

  it("sends a track of the page's own, which stays the page's", async () => {
    const { source, asked, started } = camera();
    const track = own();
    expect(await source.use(track)).toEqual({ success: true });
    expect(source).toMatchObject({ state: "live", track });
    source.stop();
    expect(track.readyState).toBe("live");
    await source.start();
    expect(source.track).toBe(track);
    expect(asked).toEqual([]);
    track.stop();
    source.stop();
    expect(await source.use(track)).toMatchObject({ error: { code: "bad-argument" } });
    await started();
    expect(source.state).toBe("live");
  });

  it("is ended by a track that comes ended, and does not ask again and again", async () => {
    const { source, asked, next } = camera();
    const outcome = source.start();
    (await next()).give().stop();
    await outcome;
    expect(source.state).toBe("ended");
    expect(asked).toEqual([]);
  });

  it("starts again when it is stopped and started in the moment after a start", async () => {
    const { source, next, started } = camera();
    await started();
    source.start();
    source.stop();
    const outcome = source.start();
    (await next()).give();
    await outcome;
    expect(source.state).toBe("live");
  });

  it("is what was wished for last and holds one device at most, however wishes and answers mix", async () => {
    const wish = fc.constantFrom("start", "stop", "mute", "unmute", "switch", "use");
    const step = fc.oneof(
      wish,
      fc.constantFrom("wait", "give", "deny", "fail", "pulled", "plugged"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { source, asked, given, next } = camera();
        const outcomes: Promise<unknown>[] = [];
        const actions: Record<string, () => unknown> = {
          start: () => outcomes.push(source.start()),
          stop: () => source.stop(),
          mute: () => source.mute(),
          unmute: () => source.unmute(),
          switch: () => outcomes.push(source.switchDevice("other")),
          use: () => outcomes.push(source.use(own())),
          pulled: () => live(given).at(-1)?.end(),
          plugged: () => void source.fallBack("another").catch(() => {}),
          give: () => asked.shift()?.give(),
          deny: () => asked.shift()?.deny(),
          fail: () => asked.shift()?.fail(),
        };
        for (const name of steps) {
          actions[name]?.();
          if (name === "wait") await Promise.resolve();
        }
        const settle = async (...more: Promise<unknown>[]) => {
          let settled = false;
          void Promise.allSettled([...outcomes, ...more]).then(() => {
            settled = true;
          });
          while (!settled) {
            if (asked.length > 0) (await next()).give();
            await new Promise(setImmediate);
          }
        };
        await settle();
        const captures = ["live", "muted", "interrupted"].includes(source.state);
        expect(captures).toBe(source.track?.readyState === "live");
        expect(live(given)).toEqual(given.filter((track) => source.track === (track as unknown)));
        const last = steps.findLast((name) => ["start", "stop", "use"].includes(name));
        if (last === "stop") expect(source.state).toBe("off");
        if (last === undefined) expect(["off", "blocked"]).toContain(source.state);
        source.unmute();
        await settle(source.start());
        expect(source.state).toBe("live");
        source.stop();
        expect(live(given)).toEqual([]);
      }),
    );
  });
});
