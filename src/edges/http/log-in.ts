import { getCookie, setCookie } from 'hono/cookie';
import { type Access, SESSION_SECONDS } from './access.ts';
import { type LogInTrouble, type PageParts, logInDocument } from './documents.ts';
import { portIn } from './hosts.ts';
import { type HttpContext, type Route, show } from './routes.ts';

const MOST_BYTES = 4_096;

/** Whether the request brings the token, or the cookie of a session. */
export const mayPass = (access: Access, context: HttpContext): boolean =>
  access.isBearer(context.req.header('Authorization')) ||
  access.isSession(getCookie(context, cookieOf(context)));

/** The page for whoever opens it in a browser, and a plain answer for everybody else. */
export function refusal(page: PageParts): (context: HttpContext) => Response | Promise<Response> {
  const blank = logInDocument(page);
  return (context) =>
    context.req.path === '/'
      ? show(context, blank, 401)
      : context.json({ error: 'Send the token: Authorization: Bearer HTTP_TOKEN' }, 401, {
          'WWW-Authenticate': 'Bearer realm="Gluetun Monitor"',
        });
}

export function logInRoute(access: Access, page: PageParts): Route {
  const withTrouble = {
    wrong: logInDocument(page, 'wrong'),
    tooMany: logInDocument(page, 'tooMany'),
  } as const satisfies Record<LogInTrouble, unknown>;

  return {
    method: 'POST',
    path: '/login',
    isFree: true,
    answer: (context) => {
      // A form always says how long it is. Node reads no more than that.
      const length = Number(context.req.header('Content-Length'));
      return length <= MOST_BYTES ? logIn(context) : context.text('Too long.\n', 413);
    },
  };

  async function logIn(context: HttpContext): Promise<Response> {
    if (!access.mayLogIn(context.env.incoming.socket.remoteAddress ?? ''))
      return show(context, withTrouble.tooMany, 429, { 'Retry-After': '60' });
    const token = new URLSearchParams(await context.req.text()).get('token');
    if (token === null || !access.isToken(token)) return show(context, withTrouble.wrong, 401);
    setCookie(context, cookieOf(context), access.begin(), {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: SESSION_SECONDS,
      secure: isHttps(context),
    });
    return context.body(null, 303, { Location: './' });
  }
}

/** A reverse proxy says so. Whoever lies about it only keeps the cookie from itself. */
const isHttps = (context: HttpContext): boolean =>
  context.req.header('X-Forwarded-Proto')?.split(',')[0]?.trim().toLowerCase() === 'https';

const cookieOf = (context: HttpContext): string =>
  `gluetun-monitor${portIn(context.env.incoming.headers.host)}`;
