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
