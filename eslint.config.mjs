import tseslint from 'typescript-eslint';
import rxjsX from 'eslint-plugin-rxjs-x';
import jest from 'eslint-plugin-jest';

/** Which room owns which parts of the state (`src/model/state.ts`). Ids are given out by whoever needs one. */
const OWNED = {
  facts: ['connection', 'containers', 'exits', 'past', 'podman', 'forbidden'],
  gateway: ['settings', 'gateway', 'logReading', 'endpoint', 'troubles'],
  checks: ['witness', 'sites', 'checking', 'tunnel', 'outageSince'],
  recovery: ['recovery', 'latestRecovery', 'backoff', 'demotion', 'heldBack', 'dueSince'],
  repairs: ['dependents', 'repairs', 'quiet'],
  operator: ['operator'],
  loop: ['inFlight', 'stores', 'edges', 'isShuttingDown'],
};

/** A room changes only its own parts. It asks for changes of others by functions of the rooms that own them. */
const ownPartsOnly = (room) => {
  const foreign = Object.entries(OWNED).flatMap(([owner, parts]) => (owner === room ? [] : parts));
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          // `{ ...past, dependents }` is about a field of `past`.
          selector: `ObjectExpression:has(> SpreadElement:not([argument.name='past'])) > Property[key.name=/^(${foreign.join('|')})$/]`,
          message: `This part of the state belongs to another room (OWNED in the ESLint configuration): call a function of that room.`,
        },
      ],
    },
  };
};

export default tseslint.config(
  { ignores: ['dist', 'coverage', '.stryker-tmp', 'node_modules'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      rxjsX.configs.recommended,
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'rxjs-x/finnish': 'off', // it takes every arrow function that returns an observable for one
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  ...Object.keys(OWNED).map(ownPartsOnly),
  {
    // Each is one table: whoever looks for a wording, a kind or a variable looks in one place.
    files: ['{src,spec/src}/notices/{wording,condition-wording,notice,samples}.ts', 'config/schema.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['spec/**/*.spec.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', '**.expect*'] }],
      'jest/no-disabled-tests': 'error',
      'jest/no-focused-tests': 'error',
      'max-lines': 'off',
    },
  },
);
