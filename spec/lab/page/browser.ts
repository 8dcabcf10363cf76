import { readFileSync } from 'node:fs';
import { type Browser, type Page, launch } from 'puppeteer-core';
import { findProgram } from '../../e2e/bound-process.ts';

/** As Debian installs it; undefined: it is missing. */
export const findChromium = (): string | undefined => findProgram('chromium');

/** @throws Error if there is no Chromium. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error("needs Debian's package chromium (.ci/install installs it)");
  return launch({
    executablePath,
    headless: true,
    // As root Chromium has no sandbox. It only ever sees our own page.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  });
}

const axePath = (): string => require.resolve('axe-core/axe.min.js');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What axe-core finds on the page, one text for each: all that is more than a trifle. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // The policy of the page keeps scripts from being added. This way it is none of the page's.
  await page.evaluate(readFileSync(axePath(), 'utf8'));
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations
    .filter(({ impact }) => impact !== 'minor')
    .map(
      ({ id, impact, help, nodes: [node] }) =>
        `${id} (${String(impact)}): ${help}: ${node?.html ?? ''} ${node?.failureSummary ?? ''}`,
    );
}
