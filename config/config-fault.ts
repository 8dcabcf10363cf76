import { printable } from './shown-text.ts';

/** A variable that is set but cannot be used. */
export interface ConfigFault {
  readonly variable: string;
  /** What was given, secrets masked. */
  readonly given: string;
  /** What would have been accepted. */
  readonly accepted: string;
}

/** One message for a person: every fault at once, each with what would be accepted. */
export function describeFaults(faults: readonly ConfigFault[]): string {
  const count = faults.length === 1 ? '1 variable' : `${faults.length} variables`;
  return [
    `Configuration: ${count} cannot be used.`,
    ...faults.map(lineOf),
    'Correct them where they are set (compose: `environment:` or the .env file) and start again.',
    'A variable that is left out or empty has its default.',
  ].join('\n');
}

function lineOf({ variable, given, accepted }: ConfigFault): string {
  return `  ${variable}: given "${printable(given)}"; accepted: ${accepted}`;
}
