import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.js'
import { failed, ok, type Finding } from './finding.js'

const INSTALL = 'Run: npm install'

interface PackageJson {
  version: string
  engines: { node: string }
  dependencies: Record<string, string>
}

/** Node, against what package.json asks for. */
export function checkNode(): Finding {
  const wanted = own().engines.node.replace('>=', '')
  return isAtLeast(process.versions.node, wanted)
    ? ok('Node.js', process.version)
    : failed('Node.js', `${process.version}; ${wanted} or later is needed`, 'See https://nodejs.org.')
}

/** The packages of package.json, in its versions; and that the kernel's sockets load. */
export async function checkPackages(): Promise<Finding> {
  const { dependencies } = own()
  const wrong = Object.entries(dependencies).flatMap(([name, version]) => {
    const installed = installedVersion(name)
    if (installed === version) return []
    return [installed === undefined ? `${name} is missing` : `${name} is ${installed}, not ${version}`]
  })
  if (wrong.length > 0) return failed('packages', wrong.join('; '), INSTALL)
  await import('zeromq')
  return ok('packages', `${Object.keys(dependencies).length}, as package.json names them`)
}

function own(): PackageJson {
  return readJson(join(packageRoot(), 'package.json'))
}

function installedVersion(name: string): string | undefined {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    try {
      return readJson(join(folder, name, 'package.json')).version
    } catch {
      continue
    }
  }
  return undefined
}

function readJson(path: string): PackageJson {
  return JSON.parse(readFileSync(path, 'utf8')) as PackageJson
}

function isAtLeast(version: string, wanted: string): boolean {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number))
  const at = want!.findIndex((part, i) => part !== (have![i] ?? 0))
  return at < 0 || (have![at] ?? 0) > want![at]!
}
