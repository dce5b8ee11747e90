/** A setting in which two studies differ. */
export interface SettingDifference {
  /** Such as `engine.exact`. */
  readonly path: string
  readonly values: readonly [a: unknown, b: unknown]
}

/** The leaves in which two settings differ, by path. Lists are leaves. */
export function differences(a: object, b: object): SettingDifference[] {
  const [ours, theirs] = [leaves(a), leaves(b)]
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((path) => {
    const values = [ours.get(path), theirs.get(path)] as const
    return JSON.stringify(values[0]) === JSON.stringify(values[1]) ? [] : [{ path, values }]
  })
}

function leaves(value: object, path = ''): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, unknown][] => {
      const at = path === '' ? key : `${path}.${key}`
      const isBranch = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      return isBranch ? [...leaves(inner, at)] : [[at, inner]]
    }),
  )
}
