import type { Config } from '../../config/config.ts';
import type { ConfigValue } from '../../config/load-config.ts';

/** One command: how it is called, what its help says, and what it does. `src/cli/commands.ts` has them all. */
export interface Command {
  readonly name: string;
  /** In the list of commands. */
  readonly summary: string;
  /** More of it, in its own help. */
  readonly details?: string;
  readonly argument?: Argument;
  readonly options?: readonly Option[];
  /** Calls without the name of the program, and what each does. */
  readonly examples?: Readonly<Record<string, string>>;
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly does: Deed;
}

/** The one argument that may follow the command. */
export interface Argument {
  readonly name: string;
  readonly summary: string;
  /** All it can be; absent: anything `faultIn` finds nothing wrong with. */
  readonly choices?: () => readonly string[];
  readonly faultIn?: (text: string) => string | undefined;
}

export interface Option {
  readonly name: string;
  /** The name of its value in the help; absent: it has none. */
  readonly value?: string;
  readonly summary: string;
}

export interface Given {
  readonly argument: string | undefined;
  /** By the option's name, without dashes. */
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
}

type Deed =
  /** It only prints something, whatever the configuration. */
  | { readonly kind: 'print'; readonly text: (given: Given) => string }
  | { readonly kind: 'watch' }
  /** Resolves with the exit code. */
  | { readonly kind: 'run'; readonly run: (given: Given, context: Context) => Promise<number> };

/** What a command may use. The configuration is read by then, and root dropped. */
export interface Context {
  readonly config: Config;
  readonly values: readonly ConfigValue[];
  /** Prints a line, with secrets masked and nothing that a terminal obeys. */
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Does to a text what `print` does. */
  readonly clean: (text: string) => string;
  readonly terminal: Terminal;
}

/** Where the output goes. */
export interface Terminal {
  /** As it is: what others have written has to go through `clean`. */
  readonly write: (text: string) => void;
  /** Somebody looks at it. */
  readonly isTerminal: boolean;
  readonly hasColours: boolean;
}
