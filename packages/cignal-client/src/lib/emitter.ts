/** Event names and the arguments that their listeners get. */
export type EventMap<Events> = { [Name in keyof Events]: unknown[] };

type Listener<Args extends unknown[]> = (...args: Args) => void;

/** Any of the events: its name, then what its listeners get. */
type AnyEvent<Events extends EventMap<Events>> = {
  [Name in keyof Events]: [name: Name, ...args: Events[Name]];
}[keyof Events];

/** How many undelivered events of one name are kept; the oldest go first. */
const HELD_AT_MOST = 64;

export interface EmitterOptions<Events> {
  /** Where the error of a listener goes; the other listeners are not affected. */
  onListenerError: (error: unknown) => void;
  /** Events of which a late listener wants the newest alone. */
  newestOnly?: readonly (keyof Events)[];
}

/**
 * Typed events. An event that nobody listens to is held until somebody does, so that a listener that comes late misses
 * nothing; all listeners added in the same task get it. Only the owner emits.
 */
export class Emitter<Events extends EventMap<Events>> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #held = new Map<keyof Events, unknown[][]>();
  readonly #taps = new Set<Listener<AnyEvent<Events>>>();
  readonly #options: EmitterOptions<Events>;

  constructor(options: EmitterOptions<Events>) {
    this.#options = options;
  }

  /** Adds a listener and returns what removes it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    if (typeof listener !== "function") {
      throw new TypeError(`on("${String(name)}", listener): listener must be a function`);
    }
    const added: Listener<Events[Name]> = (...args) => listener(...args);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(added));
    if (this.#held.has(name)) queueMicrotask(() => this.#release(name));
    return () => {
      listeners.delete(added);
    };
  }

  /** Adds a listener for one event. */
  once<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const off = this.on(name, (...args) => {
      off();
      listener(...args);
    });
    return off;
  }

  /** Sees every event from now on and takes none: what is held stays so. Returns what ends it. */
  tap(tap: Listener<AnyEvent<Events>>): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    this.#call(this.#taps, [name, ...args]);
    if (this.#held.has(name) || !this.#listeners.get(name)?.size) this.#hold(name, args);
    else this.#deliver(name, args);
  }

  #hold(name: keyof Events, args: unknown[]): void {
    const held = this.#options.newestOnly?.includes(name) ? [] : (this.#held.get(name) ?? []);
    this.#held.set(name, [...held, args].slice(-HELD_AT_MOST));
  }

  #release(name: keyof Events): void {
    if (!this.#listeners.get(name)?.size) return;
    const held = this.#held.get(name) ?? [];
    this.#held.delete(name);
    for (const args of held) this.#deliver(name, args);
  }

  #deliver(name: keyof Events, args: unknown[]): void {
    this.#call(this.#listeners.get(name) ?? new Set(), args);
  }

  #call(listeners: Set<Listener<never>>, args: unknown[]): void {
    for (const listener of [...listeners]) {
      if (!listeners.has(listener)) continue;
      try {
        listener(...(args as never));
      } catch (error) {
        this.#options.onListenerError(error);
      }
    }
  }
}
