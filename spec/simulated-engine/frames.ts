import type { OutputStream } from './workload.ts';

const HEADER_BYTES = 8;
const STREAM_BYTE: Readonly<Record<OutputStream, number>> = { stdout: 1, stderr: 2 };

/** One frame of the engine's multiplexed stream: stream, three zero bytes, length in 32 bits, big end first. */
export function encodeFrame(stream: OutputStream, output: string | Uint8Array): Buffer {
  const payload = typeof output === 'string' ? Buffer.from(output) : output;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(STREAM_BYTE[stream], 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

export interface Frame {
  readonly stream: OutputStream;
  readonly text: string;
}

/** The frames in a complete recording. Half a frame at its end is an error: the engine never leaves one. */
export function decodeFrames(recording: Buffer): Frame[] {
  const frames: Frame[] = [];
  let offset = 0;
  while (offset < recording.length) {
    const end = offset + HEADER_BYTES + recording.readUInt32BE(offset + 4);
    if (end > recording.length) throw new Error(`half a frame at byte ${offset}`);
    const stream = recording.readUInt8(offset) === STREAM_BYTE.stderr ? 'stderr' : 'stdout';
    frames.push({ stream, text: recording.toString('utf8', offset + HEADER_BYTES, end) });
    offset = end;
  }
  return frames;
}
