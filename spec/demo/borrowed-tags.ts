import type Docker from 'dockerode';
import { isMissing } from '../e2e/eventually.ts';
import { DEPENDENT_IMAGE, GATEWAY_IMAGE, SHELL_LESS_IMAGE } from '../e2e/stand-in/images.ts';

const TAGS = [GATEWAY_IMAGE, DEPENDENT_IMAGE, SHELL_LESS_IMAGE];

/** The tags of the stand-in's images: used by the demo, and restored afterwards. */
export class BorrowedTags {
  readonly #docker: Docker;
  readonly #before: ReadonlyMap<string, string>;

  static async note(docker: Docker): Promise<BorrowedTags> {
    return new BorrowedTags(docker, await idsByTag(docker));
  }

  private constructor(docker: Docker, before: ReadonlyMap<string, string>) {
    this.#docker = docker;
    this.#before = before;
  }

  /** Removes, by id, the images that did not exist before, and returns their tags to those that did. */
  async giveBack(): Promise<void> {
    for (const [tag, id] of await idsByTag(this.#docker)) {
      const before = this.#before.get(tag);
      if (before === id) continue;
      await this.#remove(id);
      if (before !== undefined) await this.#tag(before, tag);
    }
  }

  async #remove(id: string): Promise<void> {
    try {
      await this.#docker.getImage(id).remove();
    } catch (error) {
      // In use by now: then others use it, and it stays.
      if (!isMissing(error) && !isConflict(error)) throw error;
    }
  }

  async #tag(id: string, tag: string): Promise<void> {
    const [repo = tag, version = 'latest'] = tag.split(':');
    try {
      await this.#docker.getImage(id).tag({ repo, tag: version });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

async function idsByTag(docker: Docker): Promise<ReadonlyMap<string, string>> {
  const images = await docker.listImages();
  const found = images.flatMap(({ Id, RepoTags }) =>
    (RepoTags ?? []).map((tag): [string, string] => [tag, Id]),
  );
  return new Map(found.filter(([tag]) => TAGS.includes(tag)));
}

const isConflict = (error: unknown): boolean =>
  error !== null && typeof error === 'object' && 'statusCode' in error && error.statusCode === 409;
