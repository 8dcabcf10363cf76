import type { Config } from '../../config/config.ts';
import { controlPath } from '../edges/control/control-path.ts';
import type { Reply, Request } from '../edges/control/protocol.ts';
import { NoAnswer, askMonitor } from './ask-monitor.ts';
import type { Context, Given } from './command.ts';
import { EXIT } from './exit-codes.ts';

/** Asks the running monitor for something, prints what it says about it, and waits until it is done. */
export async function ask(request: Request, { flags }: Given, context: Context): Promise<number> {
  const { config, print, complain } = context;
  try {
    const last = await askMonitor(controlPath(config.gateways), request, ({ said, outcome }) => {
      said.forEach(outcome === 'refused' ? complain : print);
      return flags.has('no-wait');
    });
    return codeOf(last);
  } catch (error) {
    return sayNoAnswer(error, context);
  }
}

/** Without an outcome it has been accepted, and nobody waits for it. */
const codeOf = ({ outcome }: Reply): number =>
  outcome === undefined || outcome === 'done' ? EXIT.ok : EXIT.failed;

/** Says why nothing was found out, and what to do about it. Anything but a `NoAnswer` is a bug. */
export function sayNoAnswer(error: unknown, { config, complain }: Context): number {
  if (!(error instanceof NoAnswer)) throw error;
  whyNoAnswer(error, config).forEach(complain);
  return error.because === 'ended' ? EXIT.failed : EXIT.unavailable;
}

function whyNoAnswer({ because }: NoAnswer, { gateways }: Config): readonly string[] {
  const path = controlPath(gateways);
  const whose = gateways.join(',');
  switch (because) {
    case 'nobody':
      return [
        `No running monitor of ${whose} listens at ${path}.`,
        'Run this in its container (docker exec gluetun-monitor gluetun-monitor status), with the same GLUETUN_CONTAINER; without the image: with the same TMPDIR, too.',
      ];
    case 'forbidden':
      return [
        `The monitor of ${whose} listens at ${path}, which belongs to another user.`,
        'Run this as the user of the monitor, or as root.',
      ];
    case 'silent':
      return [
        `The monitor of ${whose} listens at ${path}, and does not answer.`,
        'If that lasts, its log may tell why; its health check restarts it if it is stuck.',
      ];
    case 'ended':
      return ['The monitor has ended before that was done.', 'Its log tells how far it has come.'];
  }
}
