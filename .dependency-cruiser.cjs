/** One direction of imports: spec → src → streams → config. */
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^(config|streams|src|spec)/', pathNot: allowed },
});

/** What a room of src/ may import of the others. */
const room = (name, rooms, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^src/(${rooms})/` },
  to: { path: '^src/', pathNot: `^src/(?:${allowed})` },
});

module.exports = {
  forbidden: [
    layer('config-knows-nobody', '^config/', '^config/'),
    layer('streams-say-what-happened', '^streams/', '^(streams|config)/'),
    layer('src-decides-and-acts', '^src/', '^(src|streams|config)/'),
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(config|streams|src)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'what-decides-does-no-io',
      comment: 'A reducer, and whatever it asks, is a pure function of state and event.',
      severity: 'error',
      from: { path: '^src/(model|notices|facts|gateway|checks|recovery|repairs|operator)/' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    room('model-knows-no-room', 'model', 'model/|notices/notice\\.ts$'),
    room('notices-rest-on-the-state', 'notices', 'model/|notices/|checks/|repairs/'),
    room('facts-come-first', 'facts', 'model/|notices/|facts/'),
    room(
      'rooms-do-not-run-the-loop',
      'gateway|checks|recovery|repairs',
      `model|notices|facts|gateway|checks|recovery|repairs`,
    ),
    room(
      'the-operator-asks-the-rooms-that-decide',
      'operator',
      'model/|notices/|facts/|gateway/|checks/|recovery/|repairs/|operator/',
    ),
    room('the-status-rests-on-the-state', 'status', 'model/|notices/|checks/|status/'),
    room('acts-are-told-what-to-do', 'acts', 'model/|notices/|acts/'),
    room('the-page-knows-what-it-is-sent', 'page', 'page/|status/schema\\.ts$|edges/http/wire\\.ts$'),
    room('edges-subscribe-to-the-loop', 'edges', 'model/|notices/|status/|loop/|edges/'),
    room(
      'the-loop-does-nothing-itself',
      'loop',
      'model/|notices/|facts/|gateway/|checks/|recovery/|repairs/|operator/|loop/',
    ),
    {
      name: 'docker-is-reached-through-two-doors',
      comment: 'Readings by streams/, writes by src/: nobody else holds a Docker client.',
      severity: 'error',
      from: {
        path: '^(config|streams|src)/',
        pathNot: '^(streams/docker-engine|src/acts/docker-writes)\\.ts$',
      },
      to: { path: 'node_modules/dockerode' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
  },
};
