/** What browsers have for recordings and pictures, behind one door of its own: few pages need it. */
export interface RecordingBrowser {
  /** `undefined` where the browser cannot record. */
  recorder(): RecorderMaker | undefined;
  /** A stream of these tracks. */
  createStream(tracks: MediaStreamTrack[]): MediaStream;
  /** An element that nobody sees and nobody hears. */
  createVideo(): HTMLVideoElement;
  /** An element that nobody sees. */
  createCanvas(width: number, height: number): HTMLCanvasElement;
  /** Comes out of no loudspeaker where the browser can do without. */
  createAudioContext(): AudioContext;
  /** Whether somebody has just clicked in this page, or the like; `false` where the browser does not say. */
  isInGesture(): boolean;
  /** The folder on the disk that is this origin's alone; `undefined` where there is none, as in a private window. */
  privateFolder(): Promise<FileSystemDirectoryHandle | undefined>;
}

export interface RecorderMaker {
  supports(mimeType: string): boolean;
  create(stream: MediaStream, options: MediaRecorderOptions): MediaRecorder;
}

export const recordingBrowser: RecordingBrowser = {
  recorder() {
    const Recorder = globalThis.MediaRecorder;
    return (
      Recorder && {
        supports: (mimeType) => Recorder.isTypeSupported(mimeType),
        create: (stream, options) => new Recorder(stream, options),
      }
    );
  },

  createStream: (tracks) => new MediaStream(tracks),

  createVideo() {
    const video = document.createElement("video");
    // Without it, an iPhone shows pictures on the whole screen.
    return Object.assign(video, { muted: true, playsInline: true });
  },

  createCanvas: (width, height) =>
    Object.assign(document.createElement("canvas"), { width, height }),

  createAudioContext() {
    // TypeScript does not know of it yet (W3C webaudio 1.1, AudioContextOptions).
    const options: AudioContextOptions & { sinkId: object } = { sinkId: { type: "none" } };
    return new AudioContext(options);
  },

  isInGesture: () => globalThis.navigator.userActivation?.isActive ?? false,

  async privateFolder() {
    try {
      const folder = await globalThis.navigator.storage.getDirectory();
      // Safari had only its synchronous brother for some years.
      return "createWritable" in FileSystemFileHandle.prototype ? folder : undefined;
    } catch {
      return undefined;
    }
  },
};
