import { connect } from "node:net";

/** Says `greeting` to a TCP server and resolves once `expected` is part of what it answers. */
export function converse(port: number, greeting: string, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let heard = "";
    socket.setTimeout(1_000, () => socket.destroy(new Error("no answer")));
    socket.on("connect", () => socket.write(greeting));
    socket.on("data", (data) => {
      heard += data.toString("latin1");
      if (!heard.includes(expected)) return;
      resolve();
      socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`said ${heard}`)));
  });
}
