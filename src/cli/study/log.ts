/** A line of a log: the time, what happened, and fields as `name=value`, quoted where they hold spaces. */
export function logLine(event: string, fields: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${quoted(String(value))}`)
  return `${[new Date().toISOString(), event, ...parts].join(' ')}\n`
}

function quoted(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}
