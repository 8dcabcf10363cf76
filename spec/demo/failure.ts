/** A part of the story did not happen. */
export class StoryFailure extends Error {
  override readonly name = 'StoryFailure';
  readonly expected: string;
  readonly seen: string;

  constructor(expected: string, seen: string) {
    super(`expected: ${expected}; seen: ${seen}`);
    this.expected = expected;
    this.seen = seen;
  }
}

/** The demo cannot be played on this machine, and what would help. */
export class CannotPlay extends Error {
  override readonly name = 'CannotPlay';
}
