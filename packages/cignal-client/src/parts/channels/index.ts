import type { Cignal } from "../../cignal.js";
import type { Session } from "../../session.js";
import { inside } from "../inside.js";
import { Channel } from "./channel.js";

export type { AboutPeer, Json } from "../../cignal-events.js";
export type { CignalError, Outcome } from "../../errors.js";
export type { ChannelEvents, SendOptions } from "./channel.js";
export type { ChannelData } from "./content.js";
export type { Channel };

/** What `openChannel` takes. */
export interface ChannelOptions {
  /**
   * Whether what this side sends arrives once and in order, whatever happens to connections. If not, a message of at most
   * 16,384 bytes arrives at once or never, and may overtake another. Default: `true`.
   */
  reliable?: boolean | undefined;
  /** The longest message to send and to take, in bytes; 16,777,216 is the most. Default: 1,048,576. */
  maxMessageBytes?: number | undefined;
}

const NAME_AT_MOST = 64;
const LONGEST_BYTES = 16_777_216;

const open = new WeakMap<Session, Map<string, Channel>>();

/**
 * Opens a channel to everybody who is in the room, and who comes later, under a name of your own. Whoever opens one with the
 * same name hears what is sent. Leaving the room closes it.
 *
 * Throws a `TypeError` if an argument is wrong, or the name is in use on this page.
 */
export function openChannel(cignal: Cignal, name: string, options: ChannelOptions = {}): Channel {
  const session = inside(cignal);
  const { reliable, maxMessageBytes } = check(name, options);
  const channels = open.get(session) ?? new Map<string, Channel>();
  if (channels.has(name))
    throw new TypeError(`openChannel: ${name} is open already; close it first`);
  open.set(session, channels);
  const channel = new Channel(session, {
    name,
    reliable,
    maxMessageBytes,
    onClose: () => channels.delete(name),
  });
  if (!channel.closed) channels.set(name, channel);
  return channel;
}

function check(name: unknown, options: ChannelOptions) {
  if (typeof name !== "string" || !/^[^\p{Cc}]{1,64}$/u.test(name)) {
    throw new TypeError(`openChannel: expected a name of 1 to ${NAME_AT_MOST} characters`);
  }
  if (typeof options !== "object" || options === null) {
    throw new TypeError("openChannel: expected an object of options, such as { reliable: false }");
  }
  const { reliable = true, maxMessageBytes = 1_048_576, ...others } = options;
  for (const option of Object.keys(others)) {
    throw new TypeError(`openChannel: ${option}: there is no such option`);
  }
  if (typeof reliable !== "boolean") {
    throw new TypeError("openChannel: reliable: expected true or false");
  }
  const fits = maxMessageBytes > 0 && maxMessageBytes <= LONGEST_BYTES;
  if (!Number.isInteger(maxMessageBytes) || !fits) {
    throw new TypeError(`openChannel: maxMessageBytes: expected 1 to ${LONGEST_BYTES}`);
  }
  return { reliable, maxMessageBytes };
}
