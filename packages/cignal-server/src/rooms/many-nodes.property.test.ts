import type { PlaceMessage, ServerMessage } from "@cignal/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { SharedStore } from "../../test/shared-store.js";
import { ServerEventEmitter } from "../events/server-events.js";
import { RoomRates } from "../limits/room-rates.js";
import type { Outlet } from "../outlet.js";
import type { Room } from "./room-state.js";
import { Rooms } from "./rooms.js";

const CAPACITY = 3;
const NODES = ["n1", "n2"] as const;

type NodeName = (typeof NODES)[number];

const silent = { info() {}, warn() {}, error() {} };

/** What a client has heard of the others, by the rules that clients have. */
class Client {
  #revision: number;
  readonly roster: Set<string>;

  constructor(
    readonly connection: string,
    peers: readonly string[],
    revision: number,
  ) {
    this.roster = new Set(peers);
    this.#revision = revision;
  }

  hear({ type, payload }: ServerMessage | PlaceMessage): void {
    if (!("revision" in payload) || payload.revision <= this.#revision) return;
    this.#revision = payload.revision;
    if (type === "peer-joined") this.roster.add(payload.peer.id);
    if (type === "peer-left") this.roster.delete(payload.peerId);
  }
}

/** A store that answers, and an adapter that delivers, in whatever order the scheduler says. */
class SlowStore extends SharedStore {
  readonly #scheduler: fc.Scheduler;
  mostMembers = 0;

  constructor(scheduler: fc.Scheduler) {
    super();
    this.#scheduler = scheduler;
  }

  override async load(roomId: string): Promise<Room | undefined> {
    await this.#scheduler.schedule(Promise.resolve(), "load");
    return super.load(roomId);
  }

  override async commit(roomId: string, revision: number, next: Room | undefined) {
    await this.#scheduler.schedule(Promise.resolve(), "commit");
    this.mostMembers = Math.max(this.mostMembers, next?.members.length ?? 0);
    return super.commit(roomId, revision, next);
  }
}

const step = fc.record({
  type: fc.constantFrom("join", "join", "leave", "connection-lost"),
  peerId: fc.constantFrom("a", "b", "c", "d", "e"),
  node: fc.constantFrom(...NODES),
});

it("J2, R2, R5: whatever two nodes do at once, a room is never too full, and its members agree on who is there", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 2, maxLength: 14 }),
      fc.scheduler(),
      async (steps, scheduler) => {
        const store = new SlowStore(scheduler);
        const clients = new Map<string, Client>();

        const outletOf = (node: NodeName): Outlet => ({
          tell: (_roomId, members, message) => {
            for (const { peer, presence } of members) {
              if (presence.state === "away") continue;
              const deliver = () => {
                const client = clients.get(peer.id);
                if (client?.connection === presence.connection) client.hear(message);
              };
              if (presence.node === node) deliver();
              else void scheduler.schedule(Promise.resolve(), "adapter").then(deliver);
            }
          },
          dismiss: () => {},
          turnAway: () => {},
          callIn: () => {},
          isHere: (connection) => connection.startsWith(node),
        });
        const nodes = new Map(
          NODES.map((node) => {
            const rooms = new Rooms({
              store,
              node,
              capacity: CAPACITY,
              outlet: outletOf(node),
              events: new ServerEventEmitter(silent),
              logger: silent,
              roomRates: new RoomRates({ messagesPerSecond: 10, burst: 10 }),
              gracePeriodMs: 60_000,
              returnPeriodMs: 60_000,
            });
            return [node, rooms];
          }),
        );

        const submit = (index: number, { type, peerId, node }: (typeof steps)[number]) => {
          if (type !== "join") {
            const connection = clients.get(peerId)?.connection ?? "";
            const own = nodes.get(connection.startsWith("n1") ? "n1" : "n2");
            const command = { type, peerId, connection, reason: "timeout" } as const;
            return own?.submit("r", command);
          }
          const connection = `${node}-${index}`;
          return nodes.get(node)?.submit(
            "r",
            {
              type,
              roomId: "r",
              peer: { id: peerId, name: peerId },
              session: { socketId: connection, address: "::1" },
              connection,
              newTokenHash: connection,
              proves: () => true,
              capacity: CAPACITY,
              now: 1_000 + index,
            },
            {
              welcomed: ({ peers, revision }) => {
                const ids = peers.map(({ id }) => id);
                clients.set(peerId, new Client(connection, ids, revision));
              },
            },
          );
        };
        const outcomes = Promise.all(steps.map((each, index) => submit(index, each)));
        await scheduler.waitFor(outcomes);
        // Whatever is the next change by each node.
        for (const rooms of nodes.values()) {
          const command = { type: "set-ice-servers", iceServers: [] } as const;
          await scheduler.waitFor(rooms.submit("r", command));
        }
        await scheduler.waitAll();

        expect(store.mostMembers).toBeLessThanOrEqual(CAPACITY);
        const { rooms } = await store.page({ limit: 1 });
        const members = rooms[0]?.members ?? [];
        for (const { peer, presence } of members) {
          if (presence.state === "away") continue;
          const client = clients.get(peer.id);
          expect(client?.connection).toBe(presence.connection);
          const others = members.map((other) => other.peer.id).filter((id) => id !== peer.id);
          expect([...(client?.roster ?? [])].sort()).toEqual(others.sort());
        }
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
