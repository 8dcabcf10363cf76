/** In each of them. Neither URLs nor JSON spell these characters otherwise. */
const MARK = 'm4rked-s3cret';

/** Secrets that tests give to the monitor and its containers. No output of the monitor may contain one of them. */
export const SECRETS = {
  apiKey: `${MARK}-of-the-control-server`,
  httpToken: `${MARK}-of-the-page`,
  /** For URLs with a user and password. */
  password: `${MARK}-of-a-url`,
  /** In the environments of containers, which the monitor inspects and creates anew. */
  environment: `${MARK}-of-a-container`,
  /** As the labels for a dashboard or a reverse proxy hold. */
  label: `${MARK}-of-a-label`,
} as const;

/** Base64 has three spellings, by where in its groups of three bytes the mark begins; the ends depend on what is around. */
const inBase64 = [0, 1, 2].map((offset) =>
  Buffer.from(`${'x'.repeat(offset)}${MARK}`)
    .toString('base64')
    .slice(offset + 1, -4),
);
const SPELLINGS = [MARK, ...inBase64];

const shown: string[] = [];

/** Looks for the secrets in an output of the monitor. `spec/no-secret-shown.ts` fails the test if there is one. */
export function lookForSecrets(output: string, text: string): void {
  for (const spelling of SPELLINGS) {
    const at = text.indexOf(spelling);
    if (at >= 0) shown.push(`${output}: …${text.slice(Math.max(0, at - 60), at + 60)}…`);
  }
}

/** Where secrets were seen since the last call. */
export const takeShownSecrets = (): readonly string[] => shown.splice(0);
