import type { ServerMessage, WaitingReason } from "@cignal/protocol";
import type { ServerEventEmitter } from "../events/server-events.js";
import { describeError, type Logger } from "../log.js";
import type { Outlet } from "../outlet.js";
import { Absences } from "./absences.js";
import type { Command, Effect, Welcome } from "./command.js";
import { findMember, type Room } from "./room-state.js";

type EffectOf<Type extends Effect["type"]> = Extract<Effect, { type: Type }>;

type Submit = (roomId: string, command: Command) => Promise<unknown>;

/** What is told to who asks to come in, by their own connection. */
export interface Answers {
  readonly welcomed?: ((welcome: Welcome) => void) | undefined;
  /** It has to wait first. */
  readonly waits?: ((reason: WaitingReason) => void) | undefined;
}

export interface DeliverySetup {
  readonly outlet: Outlet;
  readonly events: ServerEventEmitter;
  readonly logger: Logger;
}

/** Does what follows from decisions: tells members and listeners, and sees to absences. */
export class Delivery {
  readonly #setup: DeliverySetup;
  readonly #absences = new Absences();
  readonly #submit: Submit;

  /** @param submit - for the ends of absences */
  constructor(setup: DeliverySetup, submit: Submit) {
    this.#setup = setup;
    this.#submit = submit;
  }

  /** @param room - as it is now */
  deliver(
    roomId: string,
    room: Room | undefined,
    effects: readonly Effect[],
    answers: Answers,
  ): void {
    for (const effect of effects) {
      try {
        this.#deliver(roomId, room, effect, answers);
      } catch (error) {
        // It is committed: the others must hear of it even if one of them could not.
        this.#report(effect.type, error);
      }
    }
  }

  /** Keeps a message for somebody who is away. False if enough waits already. */
  hold(lost: string, message: ServerMessage): boolean {
    return this.#absences.hold(lost, message);
  }

  /** Sees to no absence any more. */
  stop(): void {
    this.#absences.stop();
  }

  #deliver(roomId: string, room: Room | undefined, effect: Effect, answers: Answers): void {
    switch (effect.type) {
      case "welcome":
        return answers.welcomed?.(effect.welcome);
      case "wait":
        return answers.waits?.(effect.reason);
      case "call-in":
        return this.#setup.outlet.callIn(effect.connection);
      case "turn-away":
        return this.#setup.outlet.turnAway(effect.connection, effect.code);
      case "tell":
        return this.#setup.outlet.tell(roomId, effect.to, effect.message);
      case "dismiss":
        return this.#setup.outlet.dismiss(effect.connection, effect.code);
      case "start-grace":
        return this.#startGrace(roomId, effect);
      case "end-grace":
        return this.#catchUp(roomId, room, effect);
      case "announce":
        return this.#setup.events.emit(effect.event);
    }
  }

  #startGrace(roomId: string, { peerId, connection, until }: EffectOf<"start-grace">): void {
    this.#absences.start(connection, until - Date.now(), () => {
      const command = { type: "grace-expired", peerId, connection, now: Date.now() } as const;
      this.#submit(roomId, command).catch((error) => this.#report("grace-expired", error));
    });
  }

  /** An absence is over: who is back gets what was said meanwhile, after the welcome. */
  #catchUp(roomId: string, room: Room | undefined, { peerId, lost }: EffectOf<"end-grace">): void {
    const held = this.#absences.end(lost);
    const member = findMember(room, peerId);
    if (!member) return;
    for (const message of held) this.#setup.outlet.tell(roomId, [member], message);
  }

  #report(what: Command["type"] | Effect["type"], error: unknown): void {
    this.#setup.logger.error(`${what} failed`, { error: describeError(error) });
  }
}
