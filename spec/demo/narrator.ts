import type { Writable } from 'node:stream';

/** The demo's own output, as opposed to the monitor's: in colour on a terminal. */
export class Narrator {
  readonly #output: Writable & { readonly isTTY?: boolean };
  readonly #inColour: boolean;

  constructor(output: Writable & { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv) {
    this.#output = output;
    // https://no-color.org: present and not empty
    this.#inColour = output.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  /** A line of the monitor, unchanged. */
  readonly show = (line: string): void => {
    this.#write(line);
  };

  /** What happens to the world now. */
  tell(text: string): void {
    this.#write(`\n${this.#paint(`▶ ${text}`, BOLD, CYAN)}`);
  }

  /** A remark that is not part of the story. */
  note(text: string): void {
    this.#write(this.#paint(text, DIM));
  }

  heading(text: string): void {
    this.#write(`\n${this.#paint(text, BOLD)}`);
  }

  /** One observation, and whether it is as expected. */
  finding(label: string, value: string, isRight: boolean): void {
    const mark = isRight ? this.#paint('✓', GREEN) : this.#paint('✗', BOLD, RED);
    this.#write(`  ${mark} ${label.padEnd(LABEL_WIDTH)}  ${value}`);
  }

  fail(text: string): void {
    this.#write(`\n${this.#paint(`✗ ${text}`, BOLD, RED)}`);
  }

  #paint(text: string, ...codes: readonly number[]): string {
    return this.#inColour ? `\u001b[${codes.join(';')}m${text}\u001b[0m` : text;
  }

  #write(line: string): void {
    this.#output.write(`${line}\n`);
  }
}

const LABEL_WIDTH = 27;
const [BOLD, DIM, RED, GREEN, CYAN] = [1, 2, 31, 32, 36] as const;
