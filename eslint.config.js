import js from '@eslint/js'
import tseslint from 'typescript-eslint'

/**
 * Which rooms each room may import. Data moves one way: problems → nir (which calls engine) → sweep →
 * evaluation → analysis → thesis → kernel; `session` composes them, and the kernel sees the public API only.
 */
const rooms = {
  engine: [],
  problems: [],
  evaluation: [],
  nir: ['engine', 'problems', 'evaluation'],
  sweep: ['engine', 'problems', 'nir', 'evaluation'],
  analysis: ['sweep'],
  thesis: ['engine', 'problems', 'nir', 'evaluation', 'sweep', 'analysis'],
  session: ['engine', 'problems', 'nir', 'evaluation', 'sweep', 'analysis', 'thesis'],
  cli: ['index', 'kernel'],
  // Looks at each room by itself: one that does not load must not hide the others.
  'cli/doctor': ['kernel', 'engine', 'evaluation', 'analysis', 'session'],
}

const direction = Object.entries(rooms).map(([room, allowed]) => {
  const others = [...Object.keys(rooms), 'index', 'kernel'].filter(
    (other) => other !== room && !allowed.includes(other),
  )
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(src/)?(${others.join('|')})([./]|$)`,
              message: `${room}/ may import ${allowed.join(', ') || 'no other room'} (see eslint.config.js).`,
            },
          ],
        },
      ],
    },
  }
})

export default tseslint.config(
  { ignores: ['dist/', 'native/build/', 'native/headers/', 'node_modules/', 'runs/'] },
  js.configs.recommended,
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['scripts/**/*.mjs', '*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  ...direction,
  {
    files: ['kernel/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              // Loading the index loads the engine; an error or a line of text must not cost that.
              regex: '^(\\.\\./)+src/(?!(index|errors)\\.js$|text/)',
              message: 'kernel/ sees the public API (src/index), src/errors and src/text only.',
            },
          ],
        },
      ],
    },
  },
)
