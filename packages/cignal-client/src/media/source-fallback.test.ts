import { describe, expect, it } from "vitest";
import { camera, live, own } from "../../test/asked-camera.js";
import type { FakeTrack } from "../../test/fake-media.js";

describe("a source whose device has gone", () => {
  it("goes on with another device when its own has gone, and keeps its mute and its wish", async () => {
    const { source, next, chosen, states } = camera();
    source.switchDevice("wish");
    const start = source.start();
    (await next()).give();
    await start;
    source.mute();
    (source.track as unknown as FakeTrack).end();
    expect(source).toMatchObject({ state: "ended", waits: true, wished: "wish" });
    const back = source.fallBack("other");
    const { choice, give } = await next();
    expect(choice).toMatchObject({ deviceId: "other", exact: true });
    const track = give();
    await back;
    expect(source).toMatchObject({ state: "muted", waits: false, wished: "wish", track });
    expect(states.slice(-3)).toEqual(["ended", "starting", "muted"]);
    expect(chosen).toEqual(["wish"]);
    source.stop();
    source.start();
    expect((await next()).choice).toEqual({ deviceId: "wish" });
  });

  it("waits on when the other device cannot be had, unless access is denied", async () => {
    const { source, next, started } = camera();
    (await started()).end();
    const busy = expect(source.fallBack("other")).rejects.toMatchObject({ code: "device-busy" });
    (await next()).fail();
    await busy;
    expect(source).toMatchObject({ state: "ended", waits: true });
    const denied = source.fallBack("other");
    (await next()).deny();
    await expect(denied).rejects.toMatchObject({ code: "permission-denied" });
    expect(source).toMatchObject({ state: "blocked", waits: false });
  });

  it("falls back no more once something else is wished for", async () => {
    const { source, asked, given, next, started } = camera();
    (await started()).end();
    const late = source.fallBack("other");
    source.stop();
    (await next()).give();
    await late;
    expect([source.state, live(given)]).toEqual(["off", []]);
    await source.fallBack("other");
    const one = own();
    await source.use(one);
    (one as unknown as FakeTrack).end();
    expect(source).toMatchObject({ state: "ended", waits: false });
    await source.fallBack("other");
    expect(asked).toEqual([]);
  });
});
