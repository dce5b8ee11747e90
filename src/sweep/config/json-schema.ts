import { z } from 'zod'
import { studyConfig } from './schema.js'
import type { Path } from './source.js'

/** A JSON Schema, as far as we look into ours. */
export interface JsonSchema {
  [keyword: string]: unknown
  description?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema | boolean
  anyOf?: JsonSchema[]
}

/** The configuration's form as JSON Schema, for editors and other programs. */
export function studyJsonSchema(): JsonSchema & { properties: Record<string, JsonSchema> } {
  const schema = z.toJSONSchema(studyConfig, { io: 'input', override: dropSafeIntegerBounds }) as ReturnType<
    typeof studyJsonSchema
  >
  return { $schema: schema['$schema'], $id: 'nir-lab/study.schema.json', ...schema }
}

/** The names of the fields that a configuration may have at a path. */
export function fieldsAt(path: Path): string[] {
  let schemas: JsonSchema[] = [studyJsonSchema()]
  for (const step of path) schemas = schemas.flatMap(alternatives).flatMap((schema) => inside(schema, step))
  return [...new Set(schemas.flatMap(alternatives).flatMap(({ properties = {} }) => Object.keys(properties)))]
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(alternatives)]
}

function inside(
  { properties, additionalProperties, items }: JsonSchema,
  step: string | number,
): JsonSchema[] {
  const found = typeof step === 'number' ? items : (properties?.[step] ?? additionalProperties)
  return typeof found === 'object' ? [found] : []
}

/** Whole numbers that JavaScript knows: no news to anyone who reads the schema. */
function dropSafeIntegerBounds({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
