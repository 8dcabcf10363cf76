import { parseArgs } from 'node:util';
import { BUNDLE } from '../e2e/monitor.ts';

export interface DemoOptions {
  readonly onDocker: boolean;
  /** Without pauses for reading. */
  readonly isFast: boolean;
  /** The monitor to show. */
  readonly program: string;
}

export type CommandLine =
  | { readonly kind: 'play'; readonly options: DemoOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'unknown'; readonly message: string };

export const HELP = `Usage: npm run demo [-- OPTIONS]

Shows the real monitor at work, in half a minute: a gateway's tunnel breaks and is recovered, a dependent
comes and another goes. Lines with ▶ say what is done to the containers, all others are the monitor's own log.
Without options the containers are simulated, in this process; nothing but Node is needed. The exit code is 0
only if everything happened as it should.

Options:
  --docker           play it on a real Docker Engine (DOCKER_HOST, or the local socket), with a stand-in for
                     Gluetun; as root and with no engine there, on one started for the demo. Needs Linux,
                     busybox, wget and tar. What was made is removed again
  --fast             without the pauses that leave time to read
  --monitor PROGRAM  show another monitor than dist/gluetun-monitor.js: a program for Node
  --help, -h         show this

Colours: on a terminal, unless NO_COLOR is set.
`;

/** The options of the user. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        docker: { type: 'boolean', default: false },
        fast: { type: 'boolean', default: false },
        monitor: { type: 'string', default: BUNDLE },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const options = { onDocker: values.docker, isFast: values.fast, program: values.monitor };
    return { kind: 'play', options };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unknown', message: `demo: ${reason}\nTry: npm run demo -- --help` };
  }
}
