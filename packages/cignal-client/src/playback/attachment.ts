/** An element that plays, as far as that concerns us; a test gives its own. */
export type Player = Pick<
  HTMLMediaElement,
  "srcObject" | "muted" | "autoplay" | "paused" | "play" | "setAttribute"
> & { setSinkId?: (deviceId: string) => Promise<void> };

/** What an element is to show. */
export interface AttachOptions {
  /** Of the peer with this id. Default: of the first one who sends anything. Your own id shows yourself, muted. */
  peer?: string | undefined;
  /** Their screen in place of their camera. Default: `false`. */
  screen?: boolean | undefined;
}

/** Without a click, browsers refuse to play with sound; every other error means that the stream was replaced. */
const isRefusal = (error: unknown) => error instanceof Error && error.name === "NotAllowedError";

/** An element of the page, for as long as it is ours. */
export class Attachment {
  readonly #player: Player;
  readonly #onRefused: () => void;
  #subject: AttachOptions | undefined;
  #shownPeer: string | undefined;
  #stream: MediaStream | null = null;
  #state: "allowed" | "refused" = "allowed";
  /** Whose wish it is that it is silent. */
  #mutedBy: "page" | "us" = "page";

  /** `onRefused` is told before `isRefused` says so. */
  constructor(player: Player, onRefused: () => void) {
    this.#player = player;
    this.#onRefused = onRefused;
    player.autoplay = true;
    // Without it, an iPhone shows pictures on the whole screen.
    player.setAttribute("playsinline", "");
  }

  /** What it is to show; `undefined` when it is not ours any more. */
  get subject(): AttachOptions | undefined {
    return this.#subject;
  }

  /** Whom it shows, or did last. */
  get shownPeer(): string | undefined {
    return this.#shownPeer;
  }

  /** The browser wants a click first. Who has one, as the element's own controls, may have played it meanwhile. */
  get isRefused(): boolean {
    return this.#state === "refused" && this.#player.paused;
  }

  assign(subject: AttachOptions, { muted }: { muted: boolean }): void {
    this.#subject = subject;
    this.#shownPeer = undefined;
    this.#mute(muted);
  }

  show(stream: MediaStream | null, peerId: string | undefined): void {
    if (stream) this.#shownPeer = peerId;
    const before = this.#stream;
    if (stream === before) return;
    this.#stream = stream;
    this.#state = "allowed";
    if (!stream) return this.#clear(before);
    this.#player.srcObject = stream;
    void this.play();
  }

  /**
   * Asks the browser in the same task, as it must be within a click. Resolves when it has allowed or refused it; the first
   * picture may come later, or never.
   */
  async play(): Promise<void> {
    const stream = this.#stream;
    const playing = this.#ask().then(
      () => "allowed" as const,
      (error: unknown) => (isRefusal(error) ? "refused" : "allowed"),
    );
    const settled = playing.then((state) => {
      if (stream !== this.#stream || !this.#subject) return;
      if (state === "refused") this.#onRefused();
      this.#state = state;
    });
    if (this.#player.paused) await settled;
  }

  release(): void {
    this.show(null, undefined);
    this.#mute(false);
    this.#subject = undefined;
  }

  async #ask(): Promise<void> {
    await this.#player.play();
  }

  #clear(stream: MediaStream | null): void {
    // Somebody else may have taken the element meanwhile.
    if (this.#player.srcObject === stream) this.#player.srcObject = null;
  }

  /** What the page has muted stays so. */
  #mute(muted: boolean): void {
    if (muted ? this.#player.muted : this.#mutedBy === "page") return;
    this.#mutedBy = muted ? "us" : "page";
    this.#player.muted = muted;
  }
}
