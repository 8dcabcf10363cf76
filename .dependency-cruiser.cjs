/** One direction of imports: spec → src → streams → config. */
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^(config|streams|src|spec)/', pathNot: allowed },
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
      name: 'reducers-do-no-io',
      comment: 'A reducer is a pure function of state and event.',
      severity: 'error',
      from: { path: '^src/reducers/' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'notices-rest-on-the-state',
      comment:
        'What there is to say follows from the state: reducers make notices, and notices know no reducer.',
      severity: 'error',
      from: { path: '^src/notices/' },
      to: { path: '^src/reducers/' },
    },
    {
      name: 'docker-is-reached-through-two-doors',
      comment: 'Readings by streams/, writes by src/: nobody else holds a Docker client.',
      severity: 'error',
      from: { path: '^(config|streams|src)/', pathNot: '^(streams/docker-engine|src/docker-writes)\\.ts$' },
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
