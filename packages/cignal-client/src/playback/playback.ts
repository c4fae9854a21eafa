import { Attachment, type AttachOptions, type Player } from "./attachment.js";
import { type Outlet, type PlaybackProblem, Speaker } from "./speaker.js";

export interface PlaybackOptions {
  /** Our own id: what we send, we do not want to hear. */
  ownId: string;
  /** The others, in the order in which they came. */
  others: () => readonly string[];
  /** What somebody sends: camera and microphone, or their screen. */
  streamOf: (peerId: string, screen: boolean) => MediaStream | null;
  /** An element that nobody sees, to ask the browser what it can do. */
  createAudio: () => Outlet;
  /** The browser wants a click before it plays. Once, until all of it could be played. */
  onBlocked: () => void;
  /** The output device that was chosen on an earlier page. */
  recalledSpeaker?: string | undefined;
  log?: (format: string, ...args: unknown[]) => void;
}

/** The elements of the page that play what peers send. */
export class Playback {
  readonly #options: PlaybackOptions;
  readonly #speaker: Speaker;
  readonly #attachments = new Map<Player, Attachment>();

  constructor(options: PlaybackOptions) {
    this.#options = options;
    this.#speaker = new Speaker(options.createAudio, options.log, options.recalledSpeaker);
  }

  /** Plays it in this element from now on, whatever comes and goes. Returns what ends that; another `attach` does, too. */
  attach(player: Player, { peer, screen }: AttachOptions = {}): () => void {
    const attachment = this.#attachments.get(player) ?? this.#add(player);
    const subject = { peer, screen };
    attachment.assign(subject, { muted: peer === this.#options.ownId });
    this.#show(attachment);
    return () => {
      if (attachment.subject === subject) this.#detach(player, attachment);
    };
  }

  /** Somebody has come or gone, or sends something else. */
  update(): void {
    for (const attachment of this.#attachments.values()) this.#show(attachment);
  }

  /** Plays what was refused. Within a click, the browser allows it. */
  async resume(): Promise<PlaybackProblem | undefined> {
    await Promise.all(this.#refused.map((attachment) => attachment.play()));
    if (this.#refused.length === 0) return undefined;
    const message = "The browser does not play sound yet. Call resumePlayback() from a click.";
    return { code: "playback-blocked", message, retryable: true };
  }

  /** Where sound comes out, of what is attached now and later; `""` is the system's default. */
  setSpeaker(deviceId: string): Promise<PlaybackProblem | undefined> {
    return this.#speaker.choose(deviceId);
  }

  /** The ids of the output devices that there are now. While the chosen one is away, the default stands in for it. */
  onDevices(speakerIds: readonly string[]): void {
    this.#speaker.onDevices(speakerIds);
  }

  /** Detaches everything. */
  end(): void {
    for (const [player, attachment] of this.#attachments) this.#detach(player, attachment);
  }

  get #refused(): Attachment[] {
    return [...this.#attachments.values()].filter(({ isRefused }) => isRefused);
  }

  #add(player: Player): Attachment {
    const attachment = new Attachment(player, () => {
      if (this.#refused.length === 0) this.#options.onBlocked();
    });
    this.#attachments.set(player, attachment);
    this.#speaker.add(player);
    return attachment;
  }

  #detach(player: Player, attachment: Attachment): void {
    this.#attachments.delete(player);
    this.#speaker.remove(player);
    attachment.release();
  }

  #show(attachment: Attachment): void {
    const { streamOf, others } = this.#options;
    const { shownPeer, subject: { peer, screen = false } = {} } = attachment;
    // Whoever is shown stays so while they are here, whoever else begins to send.
    const candidates = peer === undefined ? [shownPeer, ...others()] : [peer];
    for (const id of candidates) {
      const stream = id === undefined ? null : streamOf(id, screen);
      if (stream) return attachment.show(stream, id);
    }
    attachment.show(null, undefined);
  }
}
