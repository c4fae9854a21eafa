import {
  BlobSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputTrack,
  MP4,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
} from "mediabunny";
import type { Chunk } from "./blob-file.js";

/** So much is written at a time. */
const CHUNK_BYTES = 2 ** 20;

/** Between two pictures, in seconds. WebM knows no smaller one. */
const SMALLEST_STEP = 0.001;

/**
 * Makes a file of what a browser has recorded: the same pictures and sounds, with the duration and the index that a
 * recorder, which cannot know the end, leaves out. Returns the duration in milliseconds.
 */
export async function finish(recorded: Blob, file: WritableStream<Chunk>): Promise<number> {
  const input = new Input({ source: new BlobSource(recorded), formats: [WEBM, MP4] });
  try {
    const isMp4 = (await input.getFormat()) === MP4;
    const output = new Output({
      format: isMp4 ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat(),
      target: new StreamTarget(file, { chunked: true, chunkSize: CHUNK_BYTES }),
    });
    const copies = await Promise.all(
      (await input.getTracks()).map((track) => copierOf(track, output)),
    );
    await output.start();
    const ends = await Promise.all(copies.map((copy) => copy()));
    await output.finalize();
    return Math.round(Math.max(0, ...ends) * 1000);
  } finally {
    input.dispose();
  }
}

/** What copies one track, and returns where it ends, in seconds. */
async function copierOf(track: InputTrack, output: Output): Promise<() => Promise<number>> {
  const sink = new EncodedPacketSink(track);
  // A recorder that was stopped at once announces tracks of which nothing came.
  const destination = (await sink.getFirstPacket()) && (await addTrack(track, output));
  return async () => {
    let end = 0;
    if (!destination) return end;
    let before = -1;
    for await (const packet of sink.packets()) {
      // Chromium may give the last picture before a pause and the first one after it the same time.
      const isLate = packet.timestamp <= before;
      const timestamp = isLate ? before + SMALLEST_STEP : packet.timestamp;
      await destination.add(isLate ? packet.clone({ timestamp }) : packet);
      before = timestamp;
      end = Math.max(end, timestamp + packet.duration);
    }
    destination.close();
    return end;
  };
}

async function addTrack(track: InputTrack, output: Output) {
  if (track.isVideoTrack()) {
    const codec = await track.getCodec();
    const decoderConfig = await track.getDecoderConfig();
    if (!codec || !decoderConfig) return undefined;
    const source = new EncodedVideoPacketSource(codec);
    output.addVideoTrack(source);
    return {
      add: (packet: Parameters<typeof source.add>[0]) => source.add(packet, { decoderConfig }),
      close: () => source.close(),
    };
  }
  if (track.isAudioTrack()) {
    const codec = await track.getCodec();
    const decoderConfig = await track.getDecoderConfig();
    if (!codec || !decoderConfig) return undefined;
    const source = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(source);
    return {
      add: (packet: Parameters<typeof source.add>[0]) => source.add(packet, { decoderConfig }),
      close: () => source.close(),
    };
  }
  return undefined;
}
