import { once } from "node:events";
import type { Page } from "@playwright/test";
import { Connection } from "rabbitmq-client";
import { ClusterExample, COMMAND, SCRIPT } from "../lib/cluster-example.js";
import { callButton, enter, expectCall } from "../lib/demo-test.js";
import { interruptionsOf, watchForInterruptions } from "../lib/interruptions.js";
import { RawClient } from "../lib/raw-client.js";
import { expect, test } from "../lib/test.js";

// It only has to be there.
test.use({ serverOptions: { cignal: "none" } });

/** How the TURN server is reached, at each address that a browser gets there, by the browser's own word. */
function relays(page: Page, iceServers: RTCIceServer[]): Promise<string[]> {
  return page.evaluate(async (iceServers) => {
    const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
    pc.createDataChannel("");
    const gathered = new Promise<void>((resolve) => {
      pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && resolve();
    });
    await pc.setLocalDescription();
    await gathered;
    const found: string[] = [];
    for (const { type, relayProtocol } of (await pc.getStats()).values()) {
      if (type === "local-candidate") found.push(relayProtocol);
    }
    pc.close();
    return found.sort();
  }, iceServers);
}

test("examples/cluster: a call between people on two nodes goes on when one of the nodes is killed, RabbitMQ hears of it, and nothing is left in the end", async ({
  openPage,
}) => {
  test.setTimeout(180_000);
  await using example = await ClusterExample.start(COMMAND);
  const rabbitMQ = new Connection(example.rabbitMQUrl);
  rabbitMQ.on("error", () => {});
  const joined: string[] = [];
  const consumer = rabbitMQ.createConsumer(
    {
      queue: "joined",
      exchanges: [{ exchange: "live_events", type: "topic", durable: true }],
      queueBindings: [{ exchange: "live_events", routingKey: "room.join" }],
    },
    async ({ body }) => void joined.push(body.roomId),
  );
  consumer.on("error", () => {});
  await once(consumer, "ready");

  const ada = await openPage({ url: example.url });
  await enter(ada.page, "Ada");
  const link = ada.page.url();
  const bob = await openPage({ url: link });
  await enter(bob.page, "Bob");
  // nginx takes the node that has fewer connections.
  await expect.poll(() => example.peers()).toEqual([1, 1]);
  await callButton(bob.page).click();
  await expectCall(ada.page, bob.page);
  const roomId = new URL(link).searchParams.get("roomId");
  await expect.poll(() => joined).toEqual([roomId, roomId]);

  const [raw, welcome] = await RawClient.open(new URL(example.url).origin, {
    roomId: "another",
    peerId: "raw",
  });
  raw.close();
  const { iceServers } = welcome as { iceServers: RTCIceServer[] };
  expect(await relays(ada.page, iceServers)).toEqual(["tcp", "udp"]);
  await expect.poll(() => example.peers()).toEqual([1, 1]);

  const peers = [ada, bob];
  for (const peer of peers) {
    await peer.forgetClosed();
    await watchForInterruptions(peer);
  }
  const [first, second] = example.nodes;
  if (!first || !second) throw new Error(example.said);
  process.kill(first.pid, "SIGKILL");
  await expect.poll(() => example.peers([second]), { timeout: 20_000 }).toEqual([2]);
  await expectCall(ada.page, bob.page);
  for (const peer of peers) {
    expect(await interruptionsOf(peer)).toEqual([]);
    await expect(peer.page.getByTestId("status")).toHaveText("Connected");
    await expect(peer.page.getByTestId("people").getByRole("listitem")).toHaveCount(2);
    const notices = peer.page.getByRole("log", { name: "Notices" });
    expect(await notices.allInnerTexts()).not.toContainEqual(expect.stringMatching(/left|lost/));
  }
  expect(joined).toHaveLength(3);
  expect(example.said).toContain("node 1 has ended (SIGKILL)\n");

  rabbitMQ.unsafeDestroy();
  expect(example.running).toHaveLength(5);
  // As npm start does, too: 128 and the number of SIGINT.
  expect(await example.end("SIGINT")).toBe(130);
  expect(example.running).toEqual([]);
});

test("examples/cluster: nothing is left of it when its script is killed", async () => {
  const example = await ClusterExample.start(SCRIPT);
  expect(example.running).toHaveLength(6);
  await example.end("SIGKILL");
  await expect.poll(() => example.running, { timeout: 20_000 }).toEqual([]);
});

test("examples/cluster: says in one line which Debian packages are missing", async () => {
  const example = await ClusterExample.start(SCRIPT, { PATH: "/nowhere" });
  expect(await example.end("SIGTERM")).toBe(1);
  expect(example.said).toMatch(
    /^Missing Debian packages: sudo apt-get install (\S+ )*redis-server .*coturn.*\n$/,
  );
});
