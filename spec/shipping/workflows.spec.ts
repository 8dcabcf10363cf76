import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, readText, readYaml } from './repository.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly container?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = '.github/workflows';
const paths = readdirSync(join(REPOSITORY, FOLDER)).map((name) => `${FOLDER}/${name}`);
const EXPRESSION = '${{';

const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);

/** The actions of others; a workflow of this repository comes with the same commit. */
const foreignActions = (path: string): string[] =>
  [...readText(path).matchAll(/^[\s-]*uses: (.+)$/gm)]
    .map(([, action = '']) => action)
    .filter((action) => !action.startsWith('./'));

describe.each(paths)('%s', (path) => {
  const workflow = readYaml(path) as Workflow;

  it('takes every action by the digest of a commit, with its version beside it', () => {
    const actions = foreignActions(path);
    expect(actions.length).toBeGreaterThan(0);
    expect(
      actions.filter((action) => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action)),
    ).toEqual([]);
  });

  it('allows nothing but what a job names, and leaves no job to the default', () => {
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs))
      expect(Object.keys(job.permissions ?? {})).not.toEqual([]);
  });

  it('lets nobody from outside run code with its permissions', () => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(Object.keys(workflow.on)).not.toContain('workflow_run');
  });

  it('puts nothing from outside into a script, except by its environment', () => {
    expect(stepsOf(workflow).filter(({ run }) => run?.includes(EXPRESSION))).toEqual([]);
  });

  it('refers to nothing that GitHub does not tell where a container is named', () => {
    const containers = JSON.stringify(Object.values(workflow.jobs).map(({ container }) => container));
    expect(containers).not.toMatch(/\$\{\{[^}]*\b(?:runner|env|secrets|steps|job)\./);
  });

  it('has scripts that the shell can read', () => {
    for (const { run } of stepsOf(workflow)) {
      const check = (): Buffer => execFileSync('bash', ['-n'], { input: run ?? '', stdio: 'pipe' });
      expect(check).not.toThrow();
    }
  });

  it('leaves no token in a clone, and lets no job hang', () => {
    const clones = stepsOf(workflow).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(clones.map((step) => step.with?.['persist-credentials'])).toEqual(clones.map(() => false));
    const jobs = Object.values(workflow.jobs).filter(({ uses }) => uses === undefined);
    expect(jobs.filter((job) => job['timeout-minutes'] === undefined)).toEqual([]);
  });
});

describe('the permissions to write', () => {
  it('belong to the two jobs that publish', () => {
    const writers = paths.flatMap((path) =>
      Object.entries((readYaml(path) as Workflow).jobs).flatMap(([name, { permissions = {} }]) =>
        Object.keys(permissions)
          .filter((scope) => permissions[scope] === 'write')
          .map((scope) => `${name}: ${scope}`),
      ),
    );
    expect(writers).toEqual(['image: packages', 'image: id-token', 'release: contents']);
  });
});

describe('release.yml', () => {
  const { jobs } = readYaml(`${FOLDER}/release.yml`) as {
    jobs: Record<string, { needs?: string; uses?: string }>;
  };

  it('publishes nothing that CI has not passed', () => {
    expect(jobs['ci']).toMatchObject({ uses: './.github/workflows/ci.yml' });
    expect(jobs['image']).toMatchObject({ needs: 'ci' });
    expect(jobs['release']).toMatchObject({ needs: 'image' });
  });

  it('fills in every argument of the Dockerfile that only it can know', () => {
    const build = readText(`${FOLDER}/release.yml`);
    const known = [...readText('docker/Dockerfile').matchAll(/^ARG (VERSION|REVISION|CREATED|SOURCE)\b/gm)];
    expect(known).toHaveLength(4);
    for (const [, name = ''] of known) expect(build).toContain(`--build-arg ${name}`);
  });
});

describe('dependabot.yml', () => {
  const { updates } = readYaml('.github/dependabot.yml') as {
    updates: readonly { 'package-ecosystem': string; directory: string }[];
  };

  it('watches packages, actions and images', () => {
    const watched = updates.map((update) => update['package-ecosystem']);
    expect(watched).toEqual(['npm', 'github-actions', 'docker-compose']);
    expect(updates.filter(({ directory }) => !existsSync(join(REPOSITORY, directory)))).toEqual([]);
  });
});

describe('the YAML files in docker/', () => {
  const files = readdirSync(join(REPOSITORY, 'docker')).filter((name) => /\.ya?ml$/.test(name));

  it.each(files)('docker/%s can be read, and names no key twice', (name) => {
    expect(readYaml(`docker/${name}`)).toBeInstanceOf(Object);
  });
});
