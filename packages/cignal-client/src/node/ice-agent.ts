import type * as Werift from "werift";
import { serversOf } from "./configure.js";
import { keepOldPath } from "./old-path.js";

/** How long a path is looked for until the connection counts as failed; werift itself would go on for ever. */
const SEARCH_MS = 20_000;

/** What of werift's connection is not meant for us. The version is pinned for that (package.json). */
interface Inside {
  gatherCandidates: () => Promise<void>;
  connect: () => Promise<void>;
}

export interface IceAgentOptions {
  configuration: () => RTCConfiguration;
  onState: (state: "connecting" | "connected" | "failed") => void;
}

/**
 * Makes werift find paths as browsers do: candidates trickle while the descriptions are on their way, nobody is asked who is
 * not in `iceServers`, and an ICE restart checks anew.
 */
export class IceAgent {
  readonly #werift: typeof Werift;
  readonly #pc: Werift.RTCPeerConnection;
  readonly #options: IceAgentOptions;
  readonly #watched = new WeakSet<Werift.RTCDtlsTransport>();
  /** The generation of credentials whose candidates are gathered, and the one whose paths are being tried. */
  #gathered: number | undefined;
  #tried: number | undefined;
  #sockets: Promise<Werift.UdpTransport>[] = [];
  #connecting: Promise<void> | undefined;
  #search: ReturnType<typeof setTimeout> | undefined;
  #state: "open" | "closed" = "open";

  constructor(werift: typeof Werift, pc: Werift.RTCPeerConnection, options: IceAgentOptions) {
    this.#werift = werift;
    this.#pc = pc;
    this.#options = options;
    const inside = pc as unknown as Inside;
    const connect = inside.connect.bind(pc);
    // Werift waits for all of them before a description is in place.
    inside.gatherCandidates = async () => this.#gather();
    // Again at each answer; it is for the first one, or the next after a failure.
    inside.connect = () => {
      this.#connecting ??= this.#connect(connect);
      return this.#connecting;
    };
  }

  /** Uses the servers of the configuration from the next gathering on. */
  useServers(): void {
    const connection = this.#transport?.iceTransport.connection;
    if (!connection) return;
    const { stun, turn, username, credential } = serversOf(
      this.#options.configuration().iceServers ?? [],
    );
    // Without one, werift asks a public one.
    connection.stunServer = stun;
    connection.turnServer = turn;
    Object.assign(connection.options, { turnUsername: username, turnPassword: credential });
  }

  /** An exchange of descriptions is over: after a restart there are paths to be tried. */
  check(): void {
    const transport = this.#transport;
    if (transport?.state !== "connected") return;
    const { connection } = transport.iceTransport;
    if (connection.nominated || this.#tried === connection.generation) return;
    const { generation } = connection;
    this.#tried = generation;
    this.#searchFrom(this.#isFailed ? "connecting" : undefined);
    transport.iceTransport.start().catch(() => {
      // The next restart ends a search that is still under way, which is no failure.
      if (connection.generation === generation) this.#fail();
    });
  }

  close(): void {
    this.#state = "closed";
    clearTimeout(this.#search);
    for (const socket of this.#sockets) {
      void socket.then((opened) => opened.close()).catch(() => {});
    }
  }

  /** All media go over one (bundlePolicy "max-bundle"). */
  get #transport(): Werift.RTCDtlsTransport | undefined {
    return this.#pc.dtlsTransports[0];
  }

  get #isConnected(): boolean {
    const transport = this.#transport;
    return transport?.state === "connected" && Boolean(transport.iceTransport.connection.nominated);
  }

  get #isFailed(): boolean {
    return this.#transport?.iceTransport.connection.state === "failed";
  }

  #connect(connect: () => Promise<void>): Promise<void> {
    this.#tried = this.#transport?.iceTransport.connection.generation;
    this.#searchFrom("connecting");
    return connect().finally(() => {
      if (!this.#isConnected) this.#connecting = undefined;
    });
  }

  #gather(): void {
    const transport = this.#transport;
    if (!transport) return;
    this.#watch(transport);
    const { connection } = transport.iceTransport;
    if (this.#gathered === connection.generation) return;
    this.#gathered = connection.generation;
    this.useServers();
    const gather = async () => {
      // It reports what it finds, and leaves out what it does not.
      await connection.gatherCandidates();
      // werift keeps what a TURN server grants when all is over already.
      if (this.#state === "closed") await connection.close();
    };
    this.#sockets.push(...openedBy(this.#werift, () => void gather()));
  }

  #watch(transport: Werift.RTCDtlsTransport): void {
    if (this.#watched.has(transport)) return;
    this.#watched.add(transport);
    keepOldPath(transport.iceTransport.connection);
    const settle = () => {
      if (!this.#isConnected) return;
      clearTimeout(this.#search);
      this.#tell("connected");
    };
    transport.onStateChange.subscribe((state) => {
      settle();
      if (state === "failed") this.#fail();
    });
    transport.iceTransport.connection.stateChanged.subscribe((state) => {
      settle();
      if (state === "failed") this.#fail();
    });
  }

  #searchFrom(state: "connecting" | undefined): void {
    if (this.#isConnected) return;
    if (state) this.#tell(state);
    clearTimeout(this.#search);
    this.#search = setTimeout(() => {
      if (!this.#isConnected) this.#fail();
    }, SEARCH_MS);
  }

  #fail(): void {
    clearTimeout(this.#search);
    this.#tell("failed");
  }

  #tell(state: "connecting" | "connected" | "failed"): void {
    if (this.#state === "open") this.#options.onState(state);
  }
}

/** The sockets that werift opens meanwhile: it forgets those of a TURN server that does not answer, and never closes them. */
function openedBy(
  { UdpTransport }: typeof Werift,
  run: () => void,
): Promise<Werift.UdpTransport>[] {
  const opened: Promise<Werift.UdpTransport>[] = [];
  const { init } = UdpTransport;
  UdpTransport.init = (...how) => {
    const socket = init.apply(UdpTransport, how);
    opened.push(socket);
    return socket;
  };
  try {
    run();
  } finally {
    UdpTransport.init = init;
  }
  return opened;
}
