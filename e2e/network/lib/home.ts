import { fileURLToPath } from "node:url";
import { Namespace } from "./namespace.js";
import { type Nat, routerRules } from "./nat.js";
import type { Service } from "./service.js";

const delayScript = fileURLToPath(new URL("./delay.py", import.meta.url));

/** The provider hands out the other one at a move. */
const other = (host: number) => (host === 2 ? 3 : 2);

/**
 * A machine, its router, and the router of its provider:
 *
 *     machine eth0 ── lan router wan ── lan provider wan ── the internet
 *
 * By address all of them are public; a kind of NAT is what hides the inner ones.
 */
export class Home {
  readonly machine: Namespace;
  readonly #router: Namespace;
  readonly #provider: Namespace;
  readonly #internet: Namespace;
  readonly #number: number;
  #machineHost = 2;
  #routerHost = 2;
  #delay: Service | undefined;

  private constructor(number: number, internet: Namespace, own: Namespace[]) {
    [this.machine, this.#router, this.#provider] = own as [Namespace, Namespace, Namespace];
    this.#number = number;
    this.#internet = internet;
  }

  static async build(number: number, internet: Namespace): Promise<Home> {
    const roles = ["machine", "router", "provider"];
    const own = await Promise.all(roles.map((role) => Namespace.create(`${role}${number}`)));
    const home = new Home(number, internet, own);
    await home.#connect();
    return home;
  }

  /** Behaves like this from now on, without any fault. Calls that are on may break. */
  async setNat(nat: Nat): Promise<void> {
    await this.#load(this.#router, routerRules(nat === "double" ? "port-restricted" : nat));
    await this.#load(this.#provider, routerRules(nat === "double" ? "port-restricted" : "open"));
    // What no route leads to, the internet drops without a word.
    await this.#internet.sh(`
      ip route replace ${nat === "open" ? `${this.#lan(0)}/28 via ${this.#outside}` : `blackhole ${this.#lan(0)}/28`}
      ip route replace ${nat === "double" ? `blackhole ${this.#wan(0)}/28` : `${this.#wan(0)}/28 via ${this.#outside}`}`);
    await this.setRate(undefined);
  }

  /** Nothing gets through any more; no interface goes down, so the machine is not told. */
  async cut(): Promise<void> {
    await this.#router.sh("iptables -t raw -I PREROUTING -j DROP");
  }

  async mend(): Promise<void> {
    await this.#router.sh("iptables -t raw -D PREROUTING -j DROP");
  }

  /** Loses this part of the packets of each direction, from 0 to 1. */
  async setLoss(part: number): Promise<void> {
    await this.#router.sh(
      `iptables -t raw -F; iptables -t raw -A PREROUTING -m statistic --mode random --probability ${part} -j DROP`,
    );
  }

  /** Lets this many kbit/s through in each direction. */
  async setRate(kbits: number | undefined): Promise<void> {
    for (const side of ["wan", "lan"]) {
      await this.#router.sh(
        kbits
          ? `tc qdisc replace dev ${side} root tbf rate ${kbits}kbit burst 10kb latency 300ms`
          : `tc qdisc del dev ${side} root 2>/dev/null || true`,
      );
    }
  }

  /** Makes the uplink one whose packets `setDelay` can hold; breaks what runs over it. */
  async makeDelayable(): Promise<void> {
    await this.#router.sh("ip link del wan");
    this.#delay = this.#router.start("python3", [delayScript, "wan", "far"], {}, "pipe");
    await this.#delay.printed(/ready/);
    await this.#router.sh(`ip link set far netns ${this.#provider.name} name lan`);
    await this.#provider.sh("ip link set lan up");
    await this.#router.sh("ip link set wan up");
    await this.#addressUplink();
  }

  /** Holds each packet this long, in each direction. */
  setDelay(ms: number): void {
    this.#delay?.write(String(ms));
  }

  /** Makes the uplink a plain one again. */
  async endDelay(): Promise<void> {
    if (!this.#delay) return;
    await this.#delay.stop();
    this.#delay = undefined;
    await this.#connectUplink();
  }

  /** The machine gets another address of its network. */
  async moveMachine(): Promise<void> {
    const from = this.#machineHost;
    this.#machineHost = other(from);
    await this.machine.sh(`
      ip addr del ${this.#lan(from)}/28 dev eth0
      ip addr add ${this.#lan(this.#machineHost)}/28 dev eth0
      ip route replace default via ${this.#lan(1)}`);
  }

  /** The router gets another address of its provider's; the machine is not told. */
  async moveRouter(): Promise<void> {
    const from = this.#routerHost;
    this.#routerHost = other(from);
    await this.#router.sh(`ip addr del ${this.#wan(from)}/28 dev wan`);
    await this.#addressRouter();
  }

  async remove(): Promise<void> {
    await this.#delay?.stop();
    for (const namespace of [this.machine, this.#router, this.#provider]) await namespace.remove();
  }

  #lan(host: number): string {
    return `198.51.100.${this.#number * 16 + host}`;
  }

  #wan(host: number): string {
    return `192.0.2.${this.#number * 16 + host}`;
  }

  get #outside(): string {
    return `203.0.113.${10 + this.#number}`;
  }

  async #connect(): Promise<void> {
    const port = `home${this.#number}`;
    await this.machine.connect("eth0", this.#router, "lan");
    await this.machine.sh(`
      ip addr add ${this.#lan(this.#machineHost)}/28 dev eth0
      ip route add default via ${this.#lan(1)}`);
    await this.#router.sh(`
      echo 1 > /proc/sys/net/ipv4/ip_forward
      ip addr add ${this.#lan(1)}/28 dev lan`);
    await this.#provider.connect("wan", this.#internet, port);
    await this.#internet.sh(`ip link set ${port} master hub`);
    await this.#provider.sh(`
      echo 1 > /proc/sys/net/ipv4/ip_forward
      ip addr add ${this.#outside}/24 dev wan
      ip route add default via 203.0.113.254`);
    await this.#connectUplink();
  }

  async #connectUplink(): Promise<void> {
    await this.#router.connect("wan", this.#provider, "lan");
    await this.#addressUplink();
  }

  async #addressUplink(): Promise<void> {
    await this.#provider.sh(`ip addr add ${this.#wan(1)}/28 dev lan`);
    await this.#addressRouter();
  }

  async #addressRouter(): Promise<void> {
    await this.#router.sh(`
      ip addr add ${this.#wan(this.#routerHost)}/28 dev wan
      ip route replace default via ${this.#wan(1)}`);
    await this.#provider.sh(
      `ip route replace ${this.#lan(0)}/28 via ${this.#wan(this.#routerHost)}`,
    );
  }

  #load(router: Namespace, rules: string): Promise<string> {
    return router.sh(`iptables-restore <<'RULES'\n${rules}\nRULES`);
  }
}
