import { details as detailsSchema, ProtocolError, parse } from "@cignal/protocol";
import type { Json } from "./cignal-events.js";
import { CignalError, type Outcome } from "./errors.js";
import type { Outcomes } from "./outcomes.js";
import type { Room } from "./room.js";

/** What can be changed about oneself. What is absent stays. */
export interface SelfUpdate {
  /** At most 64 characters. Fails with `forbidden` where the server knows who I am. */
  name?: string;
  /** An object of at most 4,096 characters of JSON; `null` takes it away. */
  details?: Readonly<Record<string, Json>> | null;
}

export interface RoomControlsOptions {
  room: Room;
  outcomes: Outcomes;
  /** Leaves the room. */
  leave: () => void;
}

/**
 * What hosts may do with their room. Each resolves when the server has done it, and fails with `forbidden` where it does
 * not allow it.
 */
export class RoomControls {
  readonly #options: RoomControlsOptions;

  constructor(options: RoomControlsOptions) {
    this.#options = options;
  }

  /** Lets nobody in any more but who knocks and is admitted. */
  lock(): Promise<Outcome> {
    return this.#ask("set-lock", { locked: true });
  }

  /** Lets everybody in, those who knock first. */
  unlock(): Promise<Outcome> {
    return this.#ask("set-lock", { locked: false });
  }

  /** Asks it, at most 128 characters, of whoever comes from now on; `null`: nothing is asked. */
  setPassword(password: string | null): Promise<Outcome> {
    return this.#ask("set-password", { password }, () => {
      this.#options.room.signaling.greeting.amend({ password: password ?? undefined });
    });
  }

  /** Lets somebody in who knocks. Fails with `room-full` where there is no place, with `no-such-peer` if they have gone. */
  admit(peerId: string): Promise<Outcome> {
    return this.#ask("admit", { peerId });
  }

  /** Tells somebody who knocks that they cannot come in. */
  turnAway(peerId: string): Promise<Outcome> {
    return this.#ask("turn-away", { peerId });
  }

  /** Puts somebody out, who cannot come back while the room lasts. */
  remove(peerId: string): Promise<Outcome> {
    return this.#ask("remove", { peerId });
  }

  /** Puts everybody out, oneself included. */
  endForAll(): Promise<Outcome> {
    return this.#ask("end-room", {}, this.#options.leave);
  }

  /** Makes another one host in one's own place. */
  makeHost(peerId: string): Promise<Outcome> {
    const { room } = this.#options;
    return this.#ask("transfer-host", { peerId }, () => room.revise({ host: undefined }));
  }

  /** Changes what the others see of oneself. */
  update({ name, details }: SelfUpdate): Promise<Outcome> {
    const { room, outcomes } = this.#options;
    return outcomes.attempt(async () => {
      const checked = details && parse(detailsSchema, details);
      if (checked instanceof ProtocolError) {
        const problem = `update({ details }): ${checked.message}.`;
        throw new CignalError("bad-argument", problem, { field: "details" });
      }
      const news = { ...(name !== undefined && { name }) };
      const asked = { ...news, ...(checked !== undefined && { details: checked }) };
      await room.signaling.request("update", asked);
      room.revise({ ...news, ...(checked !== undefined && { details: checked ?? undefined }) });
    });
  }

  #ask(...[type, payload, then]: [...Parameters<Ask>, (() => void)?]): Promise<Outcome> {
    const { room, outcomes } = this.#options;
    return outcomes.attempt(async () => {
      await room.signaling.request(type, payload);
      then?.();
    });
  }
}

type Ask = Room["signaling"]["request"];
