import { ProtocolError, type ServerMessages, type WaitingReason } from "@cignal/protocol";
import type { PeerIceServers } from "../ice/ice-servers.js";
import type { Visit } from "../limits/address-limits.js";
import type { Welcome } from "../rooms/command.js";
import type { Outcome } from "../rooms/rooms.js";
import type { ConnectionSetup } from "./connection-setup.js";
import type { Guest } from "./handshake.js";
import { joinCommand } from "./join-command.js";
import type { Refusal } from "./membership.js";
import { createResumeToken } from "./resume-token.js";

interface Way {
  /** Id of the socket. */
  readonly connection: string;
  readonly visit: Visit;
  /** Called once the room has taken them in. */
  readonly welcomed: (welcome: Welcome) => void;
  /** Called once they wait at its door. */
  readonly waits: (reason: WaitingReason) => void;
}

const isAboutPassword = (outcome: Outcome) =>
  outcome instanceof ProtocolError &&
  (outcome.code === "wrong-password" || outcome.code === "password-required");

/** The way of one guest into a room: asked for when they come, and again when they are called in (O4, O5). */
export class Entrance {
  readonly guest: Guest;
  readonly ice: PeerIceServers;
  /** For the welcome (L5). */
  readonly newToken = createResumeToken();
  readonly #way: Way;
  readonly #setup: ConnectionSetup;

  constructor(guest: Guest, ice: PeerIceServers, setup: ConnectionSetup, way: Way) {
    this.guest = guest;
    this.ice = ice;
    this.#way = way;
    this.#setup = setup;
  }

  /** What they are told once they are in (H3). */
  message({ iceServers, peers, waiting, ...welcome }: Welcome): ServerMessages["welcome"] {
    const { protocol, roomId } = this.guest;
    return {
      protocol,
      roomId,
      ...welcome,
      peers: [...peers],
      iceServers: iceServers ? [...iceServers] : this.ice.list(),
      resumeToken: this.newToken,
      gracePeriodMs: this.#setup.options.gracePeriodMs,
      ...(waiting && { waiting: [...waiting] }),
    };
  }

  /** Asks the room. Resolves to why it does not take them in, if so. */
  async comeFirst(): Promise<Refusal> {
    const { visit } = this.#way;
    const mayNotOpen = this.#setup.noNewRooms() ?? (await visit.takeRoom());
    let opened = false;
    const outcome = await this.#ask(
      { ...(mayNotOpen && { mayNotOpen }), enter: this.guest.wishes.enter },
      {
        ...this.#way,
        welcomed: (welcome) => {
          opened = !welcome.resumed && welcome.peers.length === 0;
          this.#way.welcomed(welcome);
        },
        waits: (reason) => {
          opened = reason === "host";
          this.#way.waits(reason);
        },
      },
    );
    if (!opened) visit.returnRoom();
    return outcome;
  }

  /** Asks again. What they wanted of a new room, they have said when they came. */
  comeAgain(): Promise<Refusal> {
    const mayNotOpen = this.#setup.noNewRooms();
    return this.#ask(mayNotOpen ? { mayNotOpen } : {}, this.#way);
  }

  async #ask(
    wishes: Partial<Parameters<typeof joinCommand>[2]>,
    { connection, visit, welcomed, waits }: Way,
  ): Promise<Refusal> {
    const { rooms, passwords, options } = this.#setup;
    const { roomId, wishes: said } = this.guest;
    const { password, knock } = said;
    const bearer = { ...this.guest, password, knock, connection, address: visit.address };
    for (;;) {
      const room = password === undefined ? undefined : await rooms.look(roomId);
      const terms = await passwords.termsOf(bearer, room);
      if (terms instanceof ProtocolError) return terms;
      const command = joinCommand(
        this.guest,
        this.newToken,
        { connection, ...wishes, ...terms },
        options,
      );
      const outcome = await rooms.submit(roomId, command, { welcomed, waits });
      // Somebody else has opened the room meanwhile, maybe with the same password.
      const isLate = terms.newPassword !== undefined && isAboutPassword(outcome);
      if (!isLate) return outcome instanceof ProtocolError ? outcome : undefined;
    }
  }
}
