import type { Handshake } from "@cignal/protocol";
import type { Greet, Token } from "./socket.js";

export interface GreetingOptions {
  handshake: Omit<Handshake, "token" | "resumeToken">;
  token: Token | undefined;
  /** The app has no token to give, for the attempt that is being made. */
  onNoToken: (cause: unknown) => void;
}

/** What is said first at each attempt (H1), with a token that the app may have to be asked for (H8). */
export class Greeting {
  readonly #options: GreetingOptions;
  /** The token of this attempt, if the app has to be asked for it. */
  #asked: Promise<string> | undefined;

  constructor(options: GreetingOptions) {
    this.#options = options;
  }

  /** Says this from the next attempt on; what is `undefined` is said no more. */
  amend(changes: Partial<GreetingOptions["handshake"]>): void {
    Object.assign(this.#options.handshake, changes);
  }

  /** Begins an attempt. Returns whether the app was asked, whose answer may take long. */
  prepare(): boolean {
    const { token, onNoToken } = this.#options;
    if (typeof token !== "function") return false;
    const asked = new Promise<string>((resolve) => resolve(token()));
    this.#asked = asked;
    asked.catch((cause) => {
      if (asked === this.#asked) onNoToken(cause);
    });
    return true;
  }

  /** @param resumeToken - to go on as the peer that we were (L4) */
  say(resumeToken: string | undefined, send: Parameters<Greet>[0]): void {
    const { handshake, token } = this.#options;
    const say = (token: string | undefined) =>
      send({ ...handshake, ...(token && { token }), ...(resumeToken && { resumeToken }) });
    if (typeof token !== "function") return say(token);
    const asked = this.#asked;
    // By the time that it has come, this may be an attempt of the past.
    asked?.then(
      (token) => asked === this.#asked && say(token),
      () => {},
    );
  }
}
