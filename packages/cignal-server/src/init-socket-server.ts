import type { IceServer } from "@cignal/protocol";
import { nanoid } from "nanoid";
import type { CignalServer, ServerStatus } from "./cignal-server.js";
import { CallIns } from "./connection/call-ins.js";
import { Connection } from "./connection/connection.js";
import { Passwords } from "./connection/passwords.js";
import { PresenceBoard } from "./connection/presence.js";
import { CHECK_INTERVAL } from "./connection/silence.js";
import { LiveEvents } from "./events/live-events.js";
import { ServerEventEmitter } from "./events/server-events.js";
import { IceServers } from "./ice/ice-servers.js";
import { AddressLimits } from "./limits/address-limits.js";
import { RoomRates } from "./limits/room-rates.js";
import { createDefaultLogger, type LogArea } from "./log.js";
import { LogLevels } from "./log-levels.js";
import { type CignalServerOptions, parseIceServers, parseOptions } from "./options.js";
import { NamespaceOutlet } from "./outlet.js";
import { serverClosing } from "./rooms/dismissals.js";
import { takeSnapshot } from "./rooms/room-snapshot.js";
import { Rooms } from "./rooms/rooms.js";
import { allOf, pageOf } from "./rooms/rooms-view.js";
import { register, unregister } from "./running-servers.js";
import type { ServerSocket, SocketServer } from "./socket-io.js";

const hasTurnUrl = ({ urls }: IceServer) => [urls].flat().some((url) => url.startsWith("turn"));

/**
 * Starts Cignal on a Socket.IO server that already runs, in a namespace of its own. Nothing else of the Socket.IO
 * server is touched.
 *
 * @throws OptionsError if an option is wrong
 * @throws TypeError if `io` is no Socket.IO server, or has a Cignal server in this namespace already
 */
export function initSocketServer(io: SocketServer, options?: CignalServerOptions): CignalServer {
  if (typeof io?.of !== "function") {
    throw new TypeError('initSocketServer needs a Server of "socket.io", version 4');
  }
  const parsed = parseOptions(options);
  const { store, capacity, gracePeriodMs, returnPeriodMs, authorize, limits } = parsed;
  // A logger of the app's own has a level of its own.
  const logLevels = new LogLevels(parsed.logLevel ?? (parsed.logger ? "debug" : "info"));
  const whole = parsed.logger ?? createDefaultLogger();
  const loggerOf = (area: LogArea) => logLevels.logger(area, whole);
  const logger = loggerOf("server");
  const namespace = io.of(parsed.namespace);
  register(namespace, store);

  const events = new ServerEventEmitter(loggerOf("events"));
  const node = nanoid();
  const callIns = new CallIns(namespace, store.leases !== undefined);
  const outlet = new NamespaceOutlet(namespace, node, callIns);
  const roomRates = new RoomRates(limits.perRoom);
  const board = new PresenceBoard(parsed);
  const rooms = new Rooms({
    store,
    node,
    capacity,
    outlet,
    events,
    logger: loggerOf("rooms"),
    roomRates,
    changed: board.changed.bind(board),
    gracePeriodMs,
    returnPeriodMs,
  });
  const addressLimits = new AddressLimits(parsed, loggerOf("limits"));
  const connections = new Set<Connection>();
  const { iceServers: given, turn } = parsed;
  const iceServers = new IceServers({ iceServers: given, turn, logger: loggerOf("ice") });

  const { liveEvents: told } = parsed;
  const liveEvents = told && new LiveEvents({ ...told, events, store, logger: loggerOf("events") });

  let state: ServerStatus["state"] = "open";
  const setup = {
    options: parsed,
    rooms,
    outlet,
    authorize,
    events,
    logger: loggerOf("connection"),
    hookTimeoutMs: parsed.hookTimeoutMs,
    addressLimits,
    connections,
    callIns,
    board,
    passwords: new Passwords(logger),
    capacity: parsed.capacity,
    iceServers,
    noNewRooms: () => (state === "open" ? undefined : serverClosing()),
  };
  const accept = (socket: ServerSocket) => {
    void new Connection(socket, setup).open();
  };
  namespace.on("connection", accept);
  const hearNoCalls = callIns.listen();
  const pollNoMore = rooms.areShared ? board.poll((roomId) => rooms.look(roomId)) : undefined;
  const checking = setInterval(() => {
    for (const connection of connections) connection.check();
  }, CHECK_INTERVAL);
  checking.unref();
  if (parsed.relayOnly && !turn && Array.isArray(given) && !given.some(hasTurnUrl)) {
    logger.warn("relayOnly without a TURN server: nobody reaches anybody");
  }
  if (parsed.waitForHost && !parsed.authenticate) {
    logger.warn(
      "waitForHost without authenticate: nobody waits, as whoever opens a room is its host",
    );
  }
  logger.info("cignal server started", { namespace: namespace.name });

  async function close(): Promise<void> {
    state = "closed";
    namespace.off("connection", accept);
    hearNoCalls();
    pollNoMore?.();
    clearInterval(checking);
    for (const connection of [...connections]) connection.refuse(serverClosing());
    await rooms.close();
    for (const connection of [...connections]) connection.close();
    unregister(namespace);
    await liveEvents?.close();
    logger.info("cignal server closed", { namespace: namespace.name });
  }

  let closed: Promise<void> | undefined;

  return {
    rooms: {
      count: () => store.count(),
      all: () => allOf(store),
      page: (query) => pageOf(store, query),
      get: async (roomId) => {
        const room = await store.load(roomId);
        return room && takeSnapshot(room);
      },
    },
    logLevels,
    on: (name, listener) => events.on(name, listener),
    setICEServers: async (list, { roomId } = {}) => {
      const parsedList = parseIceServers(list);
      if (roomId !== undefined) {
        const command = { type: "set-ice-servers", iceServers: parsedList } as const;
        return (await rooms.submit(roomId, command)) === "changed";
      }
      iceServers.replace(parsedList);
      await Promise.all([...connections].map((connection) => connection.renewIceServers()));
      return true;
    },
    closeRoom: async (roomId) =>
      (await rooms.submit(roomId, { type: "close", code: "room-closed" })) === "changed",
    status: () => {
      const peers = [...connections].filter(({ isMember }) => isMember).length;
      const waiting = liveEvents && { liveEvents: liveEvents.buffered() };
      return { state, connections: connections.size, peers, ...waiting };
    },
    drain: () => {
      if (state === "open") state = "draining";
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
