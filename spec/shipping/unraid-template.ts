import { MOST_SET, meaningOf } from '../config/config-table.ts';
import { type Variable, type VariableName, variables } from '../../config/schema-list.ts';

/** What of a service in a compose file the template takes over. */
export interface ComposeService {
  readonly restart: string;
  readonly stop_grace_period: string;
  readonly mem_limit: string;
  readonly read_only: boolean;
  readonly tmpfs: readonly string[];
  readonly security_opt: readonly string[];
  readonly cap_drop: readonly string[];
  readonly cap_add: readonly string[];
}

/** A variable that is in the template is always set, and these mean something else then, or belong to the paths. */
const LEFT_OUT: readonly VariableName[] = [
  // They give way to others unless they are set.
  'RETRY_INTERVAL',
  'RECOVERY_BACKOFF',
  'RECOVERY_BACKOFF_MAX',
  // Only for an engine elsewhere.
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
  // Below the folders that the template mounts.
  'CONFIG_FILE',
  'LOG_FILE',
  'STATE_FILE',
  'HISTORY_FILE',
  // Unraid passes its own.
  'TZ',
];

/** Unraid's files belong to nobody:users. */
export const UNRAID_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['PUID', '99'],
  ['PGID', '100'],
]);

const PATHS = [
  {
    name: 'Docker socket',
    target: '/var/run/docker.sock',
    source: '/var/run/docker.sock',
    mode: 'rw',
    doc: 'How the monitor sees and restarts containers. Whoever may use it is root on the server.',
  },
  {
    name: 'Configuration',
    target: '/config',
    source: '/mnt/user/appdata/gluetun-monitor/config',
    mode: 'ro',
    doc: 'The folder for sites.conf, if you want one.',
  },
  {
    name: 'Logs',
    target: '/logs',
    source: '/mnt/user/appdata/gluetun-monitor/logs',
    mode: 'rw',
    doc: 'The log, and what the monitor must still know after a restart of its own.',
  },
] as const;

const OVERVIEW =
  'Watches the tunnel of a Gluetun container, recovers it, and puts every container that uses its network back on it, in ' +
  'the right order. Give it a network of its own, never that of Gluetun.';

/**
 * docker/unraid.xml: the variables as the schema has them, and the options as docker/compose.yaml has them. One element
 * a line, without spaces between the attributes and values, as Unraid itself writes its templates.
 */
export function unraidTemplate(service: ComposeService): string {
  const offered = variables.filter(({ env }) => !(LEFT_OUT as readonly string[]).includes(env));
  return `<?xml version="1.0"?>
<Container version="2">
  <Name>gluetun-monitor</Name>
  <Repository>gluetun-monitor</Repository>
  <Registry/>
  <Network>bridge</Network>
  <MyIP/>
  <Shell>sh</Shell>
  <Privileged>false</Privileged>
  <Support/>
  <Project/>
  <Overview>${escaped(OVERVIEW)}</Overview>
  <Category>Network:VPN Tools:Utilities</Category>
  <WebUI/>
  <TemplateURL/>
  <Icon/>
  <ExtraParams>${escaped(extraParameters(service))}</ExtraParams>
  <PostArgs/>
  <CPUset/>
${[...PATHS.map(pathElement), ...offered.map(variableElement)].map((line) => `  ${line}\n`).join('')}</Container>
`;
}

function extraParameters(service: ComposeService): string {
  return [
    `--restart=${service.restart}`,
    `--stop-timeout=${parseInt(service.stop_grace_period, 10)}`,
    `--memory=${service.mem_limit}`,
    ...(service.read_only ? ['--read-only'] : []),
    ...service.tmpfs.map((path) => `--tmpfs=${path}`),
    ...service.security_opt.map((option) => `--security-opt=${option}`),
    ...service.cap_drop.map((capability) => `--cap-drop=${capability}`),
    ...service.cap_add.map((capability) => `--cap-add=${capability}`),
  ].join(' ');
}

function pathElement({ name, target, source, mode, doc }: (typeof PATHS)[number]): string {
  const attributes = { Name: name, Target: target, Default: source, Mode: mode, Description: doc };
  return element({ ...attributes, Type: 'Path', Display: 'always', Required: 'true', Mask: 'false' }, source);
}

function variableElement(variable: Variable): string {
  const { env } = variable;
  const value = UNRAID_DEFAULTS.get(env) ?? variable.default;
  return element(
    {
      Name: env,
      Target: env,
      // Unraid makes a list to choose from of it, and takes the first.
      Default: [value, ...choicesOf(variable).filter((choice) => choice !== value)].join('|'),
      Mode: '',
      Description: meaningOf(variable).replaceAll('\\|', '|').replaceAll('`', ''),
      Type: 'Variable',
      Display: (MOST_SET as readonly string[]).includes(env) ? 'always' : 'advanced',
      Required: 'false',
      Mask: String(variable.sensitive ?? false),
    },
    value,
  );
}

function choicesOf({ choices, format }: Variable): readonly string[] {
  return choices ?? (format === 'yes-no' ? ['true', 'false'] : []);
}

function element(attributes: Readonly<Record<string, string>>, value: string): string {
  const written = Object.entries(attributes).map(([name, text]) => `${name}="${escaped(text)}"`);
  return `<Config ${written.join(' ')}>${escaped(value)}</Config>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
