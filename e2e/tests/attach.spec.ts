import express from "express";
import { io } from "socket.io-client";
import { startCall } from "../lib/call.js";
import { selfSign } from "../lib/certificate.js";
import { pages, type ServerOptions } from "../lib/server.js";
import { expect, test } from "../lib/test.js";

const hosts: Record<string, () => Promise<ServerOptions> | ServerOptions> = {
  "a Node http server": () => ({
    listener: (request, response) => {
      if (request.url === "/hello") response.end("hello from the host");
      else pages()(request, response);
    },
  }),
  "a Node https server": async () => ({
    certificate: await selfSign(),
    listener: (request, response) => {
      if (request.url === "/hello") response.end("hello from the host");
      else pages()(request, response);
    },
  }),
  "an Express app": () => ({
    listener: express()
      .get("/hello", (_request, response) => {
        response.send("hello from the host");
      })
      .use(pages()),
  }),
};

for (const [name, host] of Object.entries(hosts)) {
  test(`Cignal attaches to ${name} that runs already, and the host's own sockets and pages go on`, async ({
    startServer,
    openPeer,
    request,
  }) => {
    const server = await startServer(await host());
    const heard: string[] = [];
    server.io.on("connection", (socket) => {
      socket.onAny((event: string) => heard.push(event));
      socket.on("echo", (text: string, answer: (text: string) => void) => answer(text));
    });
    const options = { forceNew: true, rejectUnauthorized: false };
    const client = io(server.url, options);
    expect(await client.emitWithAck("echo", "before")).toBe("before");

    const first = await openPeer({ peerName: "Ada" }, { url: server.url });
    const second = await openPeer({ peerName: "Bob" }, { url: server.url });
    await expect.poll(() => first.events("peerJoined")).toMatchObject([["Bob", {}]]);
    await expect.poll(() => second.events("peerJoined")).toMatchObject([["Ada", {}]]);
    await startCall(first, second);

    expect(await client.emitWithAck("echo", "during")).toBe("during");
    const answer = await request.get(`${server.url}/hello`, { ignoreHTTPSErrors: true });
    expect(await answer.text()).toBe("hello from the host");
    expect(heard).toEqual(["echo", "echo"]);
    expect(server.io.of("/").sockets.size).toBe(1);
    client.close();
  });
}
