import type { Cignal } from "cignal-client";
import { createRoom, onTrack, RtpTrack } from "cignal-client/node";
import { RtpHeader, RtpPacket } from "werift";
import { answer } from "../lib/worker.js";

/** What a page sends in a small call: 250 kbit/s of pictures and 32 kbit/s of sound. */
const STREAMS = [
  { kind: "video", everyMs: 40, bytes: 1_200, ticks: 3_600 },
  { kind: "audio", everyMs: 20, bytes: 80, ticks: 960 },
] as const;

const [url = "", roomId = ""] = process.argv.slice(2);
const bots: Cignal[] = [];
const timers: NodeJS.Timeout[] = [];
let sent = 0;
let received = 0;
let mark = { cpu: process.cpuUsage(), at: performance.now(), sent, received };

/** One bot more, which calls all who are there. Resolves with how long that took, in milliseconds. */
async function join(): Promise<number> {
  const began = performance.now();
  const bot = await createRoom({ url, roomId });
  bot.on("remoteStream", (stream) => {
    onTrack(stream, (track) => {
      track.onRtp(() => {
        received++;
      });
    });
  });
  const others = bots.length;
  bots.push(bot);
  for (const { kind, everyMs, bytes, ticks } of STREAMS) {
    const track = new RtpTrack(kind);
    const source = kind === "audio" ? bot.microphone : bot.camera;
    await source.use(track);
    let count = 0;
    const payload = Buffer.alloc(bytes);
    const send = () => {
      count++;
      sent++;
      const header = new RtpHeader({
        sequenceNumber: count % 65_536,
        timestamp: (count * ticks) % 4_294_967_296,
        marker: kind === "video",
      });
      track.writeRtp(new RtpPacket(header, payload));
    };
    timers.push(setInterval(send, everyMs));
  }
  if (others === 0) return performance.now() - began;
  while (bot.state.peers.length < others) await tick();
  const outcome = await bot.joinRoom();
  if (!outcome.success) throw outcome.error;
  return performance.now() - began;
}

/** What this process has used and passed on since it was asked last. */
function measure() {
  const before = mark;
  mark = { cpu: process.cpuUsage(), at: performance.now(), sent, received };
  const seconds = (mark.at - before.at) / 1_000;
  const { user, system } = process.cpuUsage(before.cpu);
  return {
    cpuPercent: (user + system) / 10_000 / seconds,
    received: (mark.received - before.received) / seconds,
    /** Of what should have come to every other bot. */
    expected: ((mark.sent - before.sent) * (bots.length - 1)) / seconds,
    megabytes: process.memoryUsage().rss / 1_000_000,
  };
}

async function leave(): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  for (const bot of bots) await bot.leaveRoom();
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 10));

const handlers = { join, measure, leave };
export type RoomProcess = typeof handlers;
answer(handlers);
