import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { table } from "../lib/table.js";
import { bundle, type Code } from "./bundle.js";

const { resolve } = createRequire(import.meta.url);

/** A minified file that a package ships for browsers. */
const shipped = async (file: string): Promise<Code> => ({
  atOnce: [await readFile(resolve(file))],
  forCall: [],
  onDemand: [],
});

/** What each call of Cignal imports while it connects. */
const call = /dist\/(session|recovery|device-keeper)-/;

const contents: [string, Code][] = [
  [
    "cignal-client, without socket.io-client",
    await bundle("cignal-client", { external: ["socket.io-client"], call }),
  ],
  ["cignal-client, whole", await bundle("cignal-client", { call })],
  ["PeerJS 1.5.5", await bundle("peerjs")],
  ["simple-peer 9.11.1, its simplepeer.min.js", await shipped("simple-peer/simplepeer.min.js")],
  [
    "RTCMultiConnection 3.7.1, its RTCMultiConnection.min.js",
    await shipped("rtcmulticonnection/dist/RTCMultiConnection.min.js"),
  ],
  ["socket.io-client 4.8.4, which RTCMultiConnection needs too", await bundle("socket.io-client")],
];

const kB = (files: Uint8Array[]) =>
  (files.reduce((bytes, file) => bytes + file.byteLength, 0) / 1000).toFixed(1);

const zipped = (files: Uint8Array[]) => kB(files.map((file) => gzipSync(file, { level: 9 })));

const rows = contents.map(([title, { atOnce, forCall, onDemand }]) => {
  if (atOnce.length === 0) throw new Error(`nothing was made of ${title}`);
  return [title, ...[atOnce, forCall, onDemand].map(zipped)];
});

console.log(
  table(["kB (1,000 bytes), gzip -9", "at once", "while a call connects", "on demand"], rows),
);
