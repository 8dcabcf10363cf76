import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** The page's parts, each as one text. Nothing else is fetched. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

// The build puts them here (bundle.mjs).
declare const PAGE_SCRIPT: string | undefined;
declare const PAGE_STYLE: string | undefined;

/** The page as it was built. */
export const builtPage = (): PageParts => ({
  script: typeof PAGE_SCRIPT === 'string' ? PAGE_SCRIPT : '',
  style: typeof PAGE_STYLE === 'string' ? PAGE_STYLE : '',
});

export interface Document {
  readonly html: string;
  readonly gzipped: Buffer;
  /** What a browser may do with it: run this script, use this style, and ask this monitor. */
  readonly policy: string;
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const pageDocument = ({ script, style }: PageParts): Document =>
  documentOf(
    'Gluetun Monitor',
    style,
    `<div id="page"><noscript><main><p>This page needs JavaScript. <a href="status">The status</a> is there without it, as JSON.</p></main></noscript></div>
<script>${script}</script>`,
    [`script-src ${hashOf(script)}`, "connect-src 'self'"],
  );

export type LogInTrouble = 'wrong' | 'tooMany';

const TROUBLES: Readonly<Record<LogInTrouble, string>> = {
  wrong: 'That is not the token.',
  tooMany: 'Too many attempts. Try again in a minute.',
};

/** The log-in works without a script. */
export const logInDocument = ({ style }: PageParts, trouble?: LogInTrouble): Document =>
  documentOf(
    'Gluetun Monitor: log in',
    style,
    `<main class="log-in"><h1>Gluetun Monitor</h1>
<form method="post" action="login">
<label for="token">Token <small>HTTP_TOKEN of the monitor</small></label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus${trouble === undefined ? '' : ' aria-invalid="true" aria-describedby="trouble"'}>
${trouble === undefined ? '' : `<p id="trouble" role="alert">${TROUBLES[trouble]}</p>\n`}<button>Log in</button>
</form></main>`,
    ["form-action 'self'"],
  );

function documentOf(title: string, style: string, body: string, policies: readonly string[]): Document {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...policies,
    ...(policies.some((one) => one.startsWith('form-action')) ? [] : ["form-action 'none'"]),
  ].join('; ');
  return { html, gzipped: gzipSync(html), policy };
}
