import { connect } from 'node:net';
import { type Reply, type Request, lineOfJson, readReply } from '../edges/control/protocol.ts';

/** How long the monitor may take for its first answer. */
const PATIENCE_MS = 5_000;
/** How long what was asked for may take between two things that are said of it. */
const FOLLOW_MS = 10 * 60_000;
/** Characters. The status of many gateways with many sites is far shorter. */
const LONGEST_REPLY = 32 * 1024 * 1024;

/** `because`: `nobody` listens, the socket may not be opened, the monitor is silent, or it ended in between. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly because: 'nobody' | 'forbidden' | 'silent' | 'ended';

  constructor(because: NoAnswer['because'], cause?: unknown) {
    super(`the monitor does not answer: ${because}`, { cause });
    this.because = because;
  }
}

/**
 * Asks the running monitor, and calls `take` with each reply. Resolves with the last one, or with the first that `take`
 * returns true for. Fails with `NoAnswer`.
 */
export async function askMonitor(
  path: string,
  request: Request,
  take: (reply: Reply) => boolean = () => false,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    let isAnswered = false;
    const give = (because: NoAnswer['because'], cause?: unknown): void => {
      socket.destroy();
      reject(new NoAnswer(because, cause));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => give('silent'));
    socket.on('connect', () => socket.write(lineOfJson(request)));
    socket.on('error', (error: NodeJS.ErrnoException) => give(whyNot(error.code), error));
    socket.on('close', () => give(isAnswered ? 'ended' : 'silent'));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > LONGEST_REPLY) give('silent');
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const reply = readReply(line);
        if (reply === undefined) continue;
        isAnswered = true;
        socket.setTimeout(FOLLOW_MS);
        const isEnough = take(reply);
        if (!isEnough && reply.outcome === undefined && reply.status === undefined) continue;
        resolve(reply);
        socket.destroy();
        return;
      }
    });
  });
}

const whyNot = (code: string | undefined): NoAnswer['because'] =>
  code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'nobody';
