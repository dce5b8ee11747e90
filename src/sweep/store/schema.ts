/** Version of the tables and of study.json; a study of a later one is refused. */
export const FORMAT = 2

/**
 * The tables of a study. What one generation is about is said by `task_id`, `sample`, `arm` throughout. `key` is the
 * SHA-256 of all that determines a row. `captures` names the file, below the study's folder, where a layer is kept. Only `timings` and `runs` differ between two runs of the same work.
 */
export const SCHEMA = `
CREATE TABLE study (format INTEGER NOT NULL, hash VARCHAR NOT NULL, settings VARCHAR NOT NULL);
CREATE TABLE problems (
  task_id BIGINT PRIMARY KEY, hash VARCHAR NOT NULL, text VARCHAR NOT NULL, code VARCHAR NOT NULL,
  test_list VARCHAR[] NOT NULL, test_setup_code VARCHAR NOT NULL, challenge_test_list VARCHAR[] NOT NULL);
CREATE TABLE arms (arm VARCHAR PRIMARY KEY, layer INTEGER, capture_layer INTEGER, decode_positions VARCHAR,
  spec VARCHAR NOT NULL);
CREATE TABLE thinking (
  key VARCHAR PRIMARY KEY, task_id BIGINT NOT NULL, sample INTEGER NOT NULL, seed BIGINT NOT NULL,
  text VARCHAR, tokens INTEGER, context VARCHAR NOT NULL);
CREATE TABLE captures (
  task_id BIGINT NOT NULL, sample INTEGER NOT NULL, layer INTEGER NOT NULL, tokens INTEGER NOT NULL,
  hidden_size INTEGER NOT NULL, file VARCHAR, file_hash VARCHAR);
CREATE TABLE generations (
  key VARCHAR PRIMARY KEY, task_id BIGINT NOT NULL, sample INTEGER NOT NULL, arm VARCHAR NOT NULL,
  seed BIGINT NOT NULL, text VARCHAR NOT NULL, stop_reason VARCHAR NOT NULL, tokens INTEGER NOT NULL,
  mean_log_probability DOUBLE, mean_entropy DOUBLE, context_tokens INTEGER NOT NULL);
CREATE TABLE metrics (
  task_id BIGINT NOT NULL, sample INTEGER NOT NULL, arm VARCHAR NOT NULL, responds BOOLEAN NOT NULL,
  parses BOOLEAN, metrics MAP(VARCHAR, DOUBLE) NOT NULL);
CREATE TABLE outcomes (
  task_id BIGINT NOT NULL, sample INTEGER NOT NULL, arm VARCHAR NOT NULL, passed BOOLEAN, outcome VARCHAR,
  challenge_passed BOOLEAN, message VARCHAR);
CREATE TABLE timings (
  task_id BIGINT NOT NULL, sample INTEGER NOT NULL, arm VARCHAR, stage VARCHAR NOT NULL,
  milliseconds DOUBLE NOT NULL);
CREATE TABLE runs (
  started_at VARCHAR NOT NULL, data_set_hash VARCHAR NOT NULL, problems INTEGER NOT NULL, samples INTEGER NOT NULL,
  shard VARCHAR, arms VARCHAR[] NOT NULL, environment VARCHAR NOT NULL);
CREATE VIEW records AS
  SELECT g.task_id, g.arm, a.layer, a.capture_layer, a.decode_positions, g.sample, g.seed, m.responds, m.parses,
    o.passed, o.outcome, o.challenge_passed, g.stop_reason, g.tokens, g.mean_log_probability, g.mean_entropy, g.context_tokens, g.text,
    t.context, m.metrics
  FROM generations g JOIN arms a USING (arm) JOIN thinking t USING (task_id, sample)
    JOIN metrics m USING (task_id, sample, arm) JOIN outcomes o USING (task_id, sample, arm);
`

/** The tables, in the order in which they are exported and merged. */
export const TABLES = [
  'problems',
  'arms',
  'thinking',
  'captures',
  'generations',
  'metrics',
  'outcomes',
  'timings',
  'runs',
] as const

/**
 * The name of a table of a study: `'problems'`, `'arms'`, `'thinking'`, `'captures'`, `'generations'`, `'metrics'`,
 * `'outcomes'`, `'timings'` or `'runs'` (`docs/decisions/study-store.md`).
 */
export type TableName = (typeof TABLES)[number]
