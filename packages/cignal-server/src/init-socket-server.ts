import type { IceServer } from "@cignal/protocol";
import type { CignalServer } from "./cignal-server.js";
import { Connection } from "./connection.js";
import { ServerEventEmitter } from "./events/server-events.js";
import { createDefaultLogger } from "./log.js";
import { type CignalServerOptions, parseIceServers, parseOptions } from "./options.js";
import { NamespaceOutlet } from "./outlet.js";
import { serverClosing } from "./rooms/dismissals.js";
import { takeSnapshot } from "./rooms/room-snapshot.js";
import { Rooms } from "./rooms/rooms.js";
import { register, unregister } from "./running-servers.js";
import type { ServerSocket, SocketServer } from "./socket-io.js";

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
  const { store, gracePeriodMs, authorize, logger = createDefaultLogger(parsed.logLevel) } = parsed;
  const namespace = io.of(parsed.namespace);
  register(namespace, store);

  const events = new ServerEventEmitter(logger);
  const outlet = new NamespaceOutlet(namespace);
  const rooms = new Rooms({ store, outlet, events, logger, gracePeriodMs });
  const connections = new Set<Connection>();
  let defaults: readonly IceServer[] = parsed.iceServers;

  const setup = {
    options: parsed,
    rooms,
    outlet,
    authorize,
    events,
    logger,
    connections,
    iceServers: () => defaults,
  };
  const accept = (socket: ServerSocket) => {
    void new Connection(socket, setup).open();
  };
  namespace.on("connection", accept);
  logger.info("cignal server started", { namespace: namespace.name });

  function setDefaults(iceServers: IceServer[]): void {
    defaults = iceServers;
    for (const room of rooms.allKnown()) {
      if (room.iceServers) continue;
      outlet.tell(room.id, room.members, { type: "ice-servers", payload: { iceServers } });
    }
  }

  async function close(): Promise<void> {
    namespace.off("connection", accept);
    for (const connection of [...connections]) connection.refuse(serverClosing());
    await rooms.close();
    for (const connection of [...connections]) connection.close();
    unregister(namespace);
    logger.info("cignal server closed", { namespace: namespace.name });
  }

  let closed: Promise<void> | undefined;

  return {
    rooms: {
      count: () => store.count(),
      all: async () => (await store.list()).map(takeSnapshot),
      get: async (roomId) => {
        const room = await store.load(roomId);
        return room && takeSnapshot(room);
      },
    },
    on: (name, listener) => events.on(name, listener),
    setICEServers: async (list, { roomId } = {}) => {
      const iceServers = parseIceServers(list);
      if (roomId !== undefined) {
        return (await rooms.submit(roomId, { type: "set-ice-servers", iceServers })) === "changed";
      }
      setDefaults(iceServers);
      return true;
    },
    closeRoom: async (roomId) =>
      (await rooms.submit(roomId, { type: "close", code: "room-closed" })) === "changed",
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
