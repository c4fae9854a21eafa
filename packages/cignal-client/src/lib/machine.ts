/** For each state, the events it knows and the state that each leads to. */
export type Transitions<State extends string, Event extends string> = {
  readonly [S in State]: { readonly [E in Event]?: State };
};

/** A named state that moves along a table. An event that the state does not know changes nothing. */
export class Machine<State extends string, Event extends string> {
  readonly #table: Transitions<State, Event>;
  readonly #onChange: (state: State) => void;
  #state: State;

  constructor(
    table: Transitions<State, Event>,
    initial: State,
    onChange: (state: State) => void = () => {},
  ) {
    this.#table = table;
    this.#state = initial;
    this.#onChange = onChange;
  }

  get state(): State {
    return this.#state;
  }

  /** Whether the event moved the machine. */
  send(event: Event): boolean {
    const next = this.#table[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    this.#onChange(next);
    return true;
  }
}
