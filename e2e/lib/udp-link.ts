import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { pages } from "./server.js";

/**
 * What two browsers send each other by UDP goes through here, so that a test can cut it off without being root. Each
 * address of a browser gets a second one, which `throughLink` tells the other browser in its place.
 */
export class UdpLink {
  /** Whether everything that is sent is lost. */
  cut = false;
  readonly #seconds = new Map<string, Promise<Socket>>();

  /** A server's pages, whose scripts may ask for the second address of a first one. */
  readonly listener: RequestListener = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://any");
    if (pathname !== "/link") return pages()(request, response);
    const { address, port } = Object.fromEntries(searchParams);
    const second = await this.#secondOf(String(address), Number(port));
    response.end(String(second.address().port));
  };

  async close(): Promise<void> {
    for (const socket of await Promise.all(this.#seconds.values())) socket.close();
  }

  /** A socket on the same interface; what it receives goes to the first address, as if from the sender's second one. */
  #secondOf(address: string, port: number): Promise<Socket> {
    const key = `${address}:${port}`;
    const known = this.#seconds.get(key) ?? this.#open(address, port);
    this.#seconds.set(key, known);
    return known;
  }

  async #open(address: string, port: number): Promise<Socket> {
    const socket = createSocket("udp4");
    socket.on("message", async (packet, from) => {
      if (this.cut) return;
      const sender = await this.#secondOf(from.address, from.port);
      sender.send(packet, port, address);
    });
    socket.bind(0, address);
    await once(socket, "listening");
    return socket;
  }
}

/** Runs in the page before everything else. */
export function throughLink(): void {
  /** Nothing for what does not go through the link: TCP, IPv6, and names. */
  const replace = async (candidate: string): Promise<string | undefined> => {
    const words = candidate.split(" ");
    const [, , transport, , address = "", port] = words;
    if (transport?.toLowerCase() !== "udp" || !/^[\d.]+$/.test(address)) return undefined;
    const response = await fetch(`/link?address=${address}&port=${port}`);
    return words.with(5, await response.text()).join(" ");
  };
  const { prototype } = RTCPeerConnection;
  const { addIceCandidate, setRemoteDescription } = prototype;

  prototype.addIceCandidate = async function (init?: RTCIceCandidateInit | null) {
    const candidate = init?.candidate && (await replace(init.candidate));
    if (candidate) await Reflect.apply(addIceCandidate, this, [{ ...init, candidate }]);
  };

  prototype.setRemoteDescription = async function ({ type, sdp = "" }: RTCSessionDescriptionInit) {
    const replaceLine = (line: string) => (line.startsWith("a=candidate:") ? replace(line) : line);
    const lines = await Promise.all(sdp.split("\r\n").map(replaceLine));
    const kept = lines.filter((line) => line !== undefined);
    await Reflect.apply(setRemoteDescription, this, [{ type, sdp: kept.join("\r\n") }]);
  };
}
