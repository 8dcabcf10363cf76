import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtPage } from '../../../src/edges/http/documents.ts';
import { startBrowser } from './browser.ts';
import { SCENES } from './made-up.ts';
import { serveMadeUp } from './made-up-server.ts';

/**
 * The page on made-up states, to work on it and to look at it.
 *
 *   npm run page                             serves it: http://127.0.0.1:8100/calm/
 *   npm run page -- --port 0                 at a port that is free
 *   npm run page -- --shots FOLDER [SCENE …] takes a picture of each, at both widths and in both themes
 */
const WIDTHS = [390, 1280];
const THEMES = ['light', 'dark'];

async function main([option, value = '', ...some]: readonly string[]): Promise<void> {
  if (option === '--shots') return takePictures(value, some);
  const { url } = await serveMadeUp(builtPage(), option === '--port' ? Number(value) : 8_100);
  console.log(SCENES.map((scene) => `${url}/${scene}/`).join('\n'));
}

async function takePictures(folder: string, some: readonly string[]): Promise<void> {
  const { url, server } = await serveMadeUp(builtPage());
  const browser = await startBrowser();
  await mkdir(folder, { recursive: true });
  for (const scene of SCENES.filter((one) => some.length === 0 || some.includes(one)))
    for (const width of WIDTHS)
      for (const theme of THEMES) {
        const page = await browser.newPage();
        page.on('console', (message) => console.log(message.type(), message.text()));
        page.on('pageerror', (error) => console.log(String(error)));
        await page.setViewport({ width, height: 844 });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
        await page.goto(`${url}/${scene}/`);
        await page.waitForSelector('.timeline');
        const picture = await page.screenshot({ fullPage: true });
        await writeFile(join(folder, `${scene}-${String(width)}-${theme}.png`), picture);
        await page.close();
      }
  await browser.close();
  server.closeAllConnections();
  server.close();
}

void main(process.argv.slice(2));
