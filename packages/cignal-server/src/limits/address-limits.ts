import { ProtocolError } from "@cignal/protocol";
import type { Logger } from "../log.js";
import type { Options } from "../options.js";
import type { SocketHandshake } from "../socket-io.js";
import { clientAddress, networkOf } from "./client-address.js";
import { callerFrom, PerMinute } from "./per-minute.js";

/** One connection, as the limits of its address see it. */
export interface Visit {
  /** The IP address of the client. */
  readonly address: string;
  /** Counts its handshake. Resolves to why it is refused, if it is. Never rejects. */
  admit(): Promise<ProtocolError | undefined>;
  /** Counts a look at a room that another node may have, by somebody who is not admitted. Never rejects. */
  takeLookup(): Promise<boolean>;
  /** Counts a new room. Resolves to why it may not open one, if so. Never rejects. */
  takeRoom(): Promise<ProtocolError | undefined>;
  /** It has opened no room after all. */
  returnRoom(): void;
  /** It is closed. */
  end(): void;
}

/** When to try again if too many connections are open: nobody knows when one closes. */
const CONNECTION_RETRY_MS = 5_000;

const nothing = async () => undefined;

/** What one address may do (M4), so that nobody takes the server from the others. */
export class AddressLimits {
  readonly #most: Options["limits"]["perAddress"];
  readonly #trustProxy: number;
  readonly #logger: Logger;
  readonly #handshakes: PerMinute | undefined;
  /** As many as handshakes: nobody asks the store more often than twice as often as they may enter. */
  readonly #lookups: PerMinute | undefined;
  readonly #rooms: PerMinute | undefined;
  /** How many are open, by network; who has none is not in it. */
  readonly #open = new Map<string, number>();
  #proxySeen = false;

  constructor({ limits, trustProxy }: Pick<Options, "limits" | "trustProxy">, logger: Logger) {
    const { perAddress } = limits;
    this.#most = perAddress;
    this.#trustProxy = trustProxy;
    this.#logger = logger;
    if (!perAddress) return;
    this.#handshakes = new PerMinute(perAddress.handshakesPerMinute, "handshakes", logger);
    this.#lookups = new PerMinute(perAddress.handshakesPerMinute, "resumes", logger);
    this.#rooms = new PerMinute(perAddress.roomsPerMinute, "new rooms", logger);
  }

  visit(handshake: SocketHandshake): Visit {
    const address = clientAddress(handshake, this.#trustProxy);
    const most = this.#most;
    if (!most) {
      const takeLookup = async () => true;
      return { address, admit: nothing, takeLookup, takeRoom: nothing, returnRoom() {}, end() {} };
    }
    this.#lookForProxy(handshake);
    const network = networkOf(address);
    const caller = callerFrom(network);
    const open = this.#count(network, 1);
    return {
      address,
      admit: async () =>
        open > most.connections
          ? tooManyConnections(most.connections)
          : this.#handshakes?.take(caller),
      takeLookup: async () => !(await this.#lookups?.take(caller)),
      takeRoom: async () => this.#rooms?.take(caller),
      returnRoom: () => this.#rooms?.giveBack(caller),
      end: () => {
        this.#count(network, -1);
      },
    };
  }

  #count(network: string, more: 1 | -1): number {
    const open = (this.#open.get(network) ?? 0) + more;
    if (open > 0) this.#open.set(network, open);
    else this.#open.delete(network);
    return open;
  }

  /** Tells once that everybody counts as one. Not more often: anybody can send the header. */
  #lookForProxy({ headers }: SocketHandshake): void {
    if (this.#proxySeen || this.#trustProxy > 0 || !headers["x-forwarded-for"]) return;
    this.#proxySeen = true;
    this.#logger.warn(
      "X-Forwarded-For was sent, and trustProxy is not set: if there is a proxy, all who come through it share one " +
        "address and its limits",
    );
  }
}

const tooManyConnections = (most: number) =>
  new ProtocolError(
    "rate-limited",
    `Your network address may have ${most} connections open. Close some, or try again later.`,
    undefined,
    CONNECTION_RETRY_MS,
  );
