import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PageParts, pageDocument } from '../../../src/edges/http/documents.ts';
import { type Scene, SCENES, madeUp } from './made-up.ts';

/** Serves the page on a made-up state: `/calm/`, `/recovery/` and so on. The state is made anew each two seconds. */
export async function serveMadeUp(
  page: PageParts,
  port = 0,
): Promise<{ readonly url: string; readonly server: Server }> {
  const { html, policy } = pageDocument(page);
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, server };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [, scene = '', what = ''] = /^\/([a-z]+)\/([a-z]*)/.exec(request.url ?? '') ?? [];
    if (!isScene(scene)) {
      response.writeHead(404).end(`Scenes: ${SCENES.map((one) => `/${one}/`).join(' ')}\n`);
      return;
    }
    const json = (value: unknown): void =>
      void response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value));
    switch (what) {
      case '':
        response.setHeader('Content-Security-Policy', policy);
        response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html);
        return;
      case 'recent':
        json(madeUp(scene, Date.now()).recent);
        return;
      case 'history':
        json({ since: '', entries: madeUp(scene, Date.now()).entries });
        return;
      case 'events':
        stream(scene, response);
        return;
      default:
        json(madeUp(scene, Date.now()).status);
    }
  }
}

function stream(scene: Scene, response: ServerResponse): void {
  response.setHeader('Content-Type', 'text/event-stream');
  const began = Date.now();
  const send = (): void =>
    void response.write(
      `event: status\ndata: ${JSON.stringify({ ...madeUp(scene, began).status, time: new Date() })}\n\n`,
    );
  send();
  const timer = setInterval(send, 2_000);
  response.on('close', () => clearInterval(timer));
}

const isScene = (name: string): name is Scene => (SCENES as readonly string[]).includes(name);
