/** Collects what has to be undone. Closing runs it once, newest first; whatever comes later is undone at once. */
export class Scope {
  #undos: (() => void)[] | "closed" = [];

  get closed(): boolean {
    return this.#undos === "closed";
  }

  add(undo: () => void): void {
    if (this.#undos === "closed") undo();
    else this.#undos.push(undo);
  }

  close(): void {
    if (this.#undos === "closed") return;
    const undos = this.#undos.reverse();
    this.#undos = "closed";
    for (const undo of undos) undo();
  }
}
