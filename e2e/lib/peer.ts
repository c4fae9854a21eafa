import { expect, type Page } from "@playwright/test";
import type { CallSnapshot, CignalEvents, CignalOptions } from "cignal-client";
import type { Answer, Failure, RecordedEvent } from "./page-script.js";

/** Small pictures: two cores encode and decode all calls of a test. */
const small: MediaStreamConstraints = {
  audio: true,
  video: { width: 320, height: 240, frameRate: 15 },
};

/** A page whose `cignal` is in a room, and what it has recorded. */
export class Peer {
  readonly page: Page;
  /** Errors that no code of the page has caught. */
  readonly pageErrors: string[] = [];
  /** What the page has said with `alert` and the like. */
  readonly dialogs: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => {
      // Firefox's own advice to developers, which nothing in a page can catch.
      if (!error.message.startsWith("WebRTC: ICE failed")) this.pageErrors.push(String(error));
    });
    page.on("dialog", (dialog) => {
      this.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
  }

  /** Calls `Cignal.createRoom`; what it made is then the page's `cignal`. */
  enter(options: CignalOptions): Promise<Answer> {
    const all = { mediaConstraints: small, ...options };
    return this.page.evaluate((options) => lab.enter(options), all);
  }

  call(): Promise<Answer> {
    return this.page.evaluate(() => lab.answer(cignal.joinRoom()));
  }

  leave(): Promise<Answer> {
    return this.page.evaluate(() => lab.answer(cignal.leaveRoom()));
  }

  inform(data: unknown, options: { to?: string } = {}): Promise<Answer> {
    return this.page.evaluate(({ data, options }) => lab.answer(cignal.inform(data, options)), {
      data,
      options,
    });
  }

  setICEServers(iceServers: unknown): Promise<Answer> {
    return this.page.evaluate(
      (iceServers) => lab.answer(cignal.setICEServers(iceServers as RTCIceServer[])),
      iceServers,
    );
  }

  copyLink(link: string): Promise<Answer> {
    return this.page.evaluate((link) => lab.answer(cignal.copyLink(link)), link);
  }

  state(): Promise<CallSnapshot> {
    return this.page.evaluate(() => lab.state());
  }

  /** The arguments of each such event so far. */
  async events(name: keyof CignalEvents): Promise<RecordedEvent["args"][]> {
    const events = await this.page.evaluate(() => lab.events);
    return events.filter((event) => event.name === name).map(({ args }) => args);
  }

  /** Everything that went wrong so far, in the order in which it was told. */
  async clientErrors(): Promise<Failure[]> {
    const failures = await this.events("clientError");
    return failures.map(([failure]) => (failure as { error: Failure }).error);
  }

  /** The data that others have sent, in the order in which it came. */
  async informations(): Promise<unknown[]> {
    return (await this.events("information")).map(([data]) => data);
  }

  /** Waits until this many others are in the room. */
  async sees(others: number): Promise<void> {
    await expect.poll(async () => (await this.state()).peers.length).toBe(others);
  }

  /** Waits until the connection to everybody in the room stands, whether or not a call has begun. */
  async isConnected(): Promise<void> {
    const connections = async () => (await this.state()).peers.map(({ connection }) => connection);
    await expect
      .poll(async () => new Set(await connections()))
      .toEqual(new Set<RTCPeerConnectionState>(["connected"]));
  }

  /** Lets whoever asks for devices from now on wait until `releaseDevices`, as a person lets them who has to allow it. */
  holdDevices(): Promise<void> {
    return this.page.evaluate(() => {
      const devices = navigator.mediaDevices;
      const getUserMedia = devices.getUserMedia.bind(devices);
      const released = new Promise<void>((resolve) => {
        globalThis.releaseDevices = resolve;
      });
      devices.getUserMedia = async (constraints) => {
        await released;
        return getUserMedia(constraints);
      };
    });
  }

  releaseDevices(): Promise<void> {
    return this.page.evaluate(() => releaseDevices());
  }

  /** Leaves those connections that are closed out of all that is told of connections from now on. */
  forgetClosed(): Promise<void> {
    return this.page.evaluate(() => {
      const open = lab.connections.filter((pc) => pc.signalingState !== "closed");
      lab.connections.splice(0, lab.connections.length, ...open);
    });
  }

  /** The states of all connections that this page has made, by the browser's own word. */
  connectionStates(): Promise<RTCPeerConnectionState[]> {
    return this.page.evaluate(() => lab.connections.map((pc) => pc.connectionState));
  }

  /** The states of the data channels of all connections that this page has made. */
  channelStates(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const reports = await Promise.all(lab.connections.map((pc) => pc.getStats()));
      const all = reports.flatMap((report) => [...report.values()]);
      return all.filter(({ type }) => type === "data-channel").map(({ state }) => state);
    });
  }

  /** Whether each track that a camera or microphone has given is live or ended. */
  capturedTracks(): Promise<MediaStreamTrackState[]> {
    return this.page.evaluate(() => lab.captured.map((track) => track.readyState));
  }
}

declare global {
  var releaseDevices: () => void;
}
