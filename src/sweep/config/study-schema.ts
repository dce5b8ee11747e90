import type { JsonSchema } from './json-schema.js'

/**
 * The JSON Schema (2020-12) of a study's configuration, with a description of every field: what is in
 * `data/schema/study.schema.json`, and what `nir sweep --schema` prints.
 * @example
 * Object.keys((await studySchema()).properties)
 */
export async function studySchema(): Promise<JsonSchema & { properties: Record<string, JsonSchema> }> {
  const { studyJsonSchema } = await import('./json-schema.js')
  return studyJsonSchema()
}
