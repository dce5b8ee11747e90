import { isInner } from '../python/ast.js'
import type { PyNode } from '../python/node-types.js'

interface Caller {
  readonly calls: Set<number>
}

/**
 * How many functions can call themselves, directly or through others of the same module. A call counts by its name:
 * `f()` calls every function `f` that is no method, `self.f()`, `cls.f()` and `C.f()` the method of the class.
 */
export function recursiveFunctions(module: PyNode): number {
  const callers: Caller[] = []
  const byName = new Map<string, number[]>()
  const calls: { caller: number; name: string }[] = []
  const pending = [module]
  // Of each node: the innermost function around it, or that there is none, and the class.
  const around = [NO_FUNCTION]
  const owners = ['']
  for (let node = pending.pop(); node; node = pending.pop()) {
    const outer = around.pop()!
    let caller = outer
    let owner = owners.pop()!
    if (node.type === 'FunctionDef' || node.type === 'AsyncFunctionDef') {
      const name = outer === METHODS ? `${owner}.${node.fields.name}` : node.fields.name
      caller = callers.push({ calls: new Set() }) - 1
      const same = byName.get(name)
      if (same) same.push(caller)
      else byName.set(name, [caller])
    } else if (node.type === 'ClassDef') {
      caller = METHODS
      owner = node.fields.name
    } else if (node.type === 'Call' && caller >= 0) {
      const name = calledName(node.fields.func, owner)
      if (name !== null) calls.push({ caller, name })
    }
    for (const child of node.children) {
      if (!isInner(child)) continue
      pending.push(child)
      around.push(caller)
      owners.push(owner)
    }
  }
  const known = calls.filter(({ name }) => byName.has(name))
  for (const { caller, name } of known)
    for (const callee of byName.get(name)!) callers[caller]!.calls.add(callee)
  return known.length ? inCycles(callers) : 0
}

/** At the top level. */
const NO_FUNCTION = -1
/** Directly in a class. */
const METHODS = -2

function calledName(callee: PyNode, owner: string): string | null {
  if (callee.type === 'Name') return callee.fields.id
  if (callee.type !== 'Attribute' || callee.fields.value.type !== 'Name') return null
  const { id } = callee.fields.value.fields
  return `${id === 'self' || id === 'cls' ? owner : id}.${callee.fields.attr}`
}

/** Nodes in a cycle, by Tarjan's strongly connected components (SIAM J. Comput. 1(2), 1972), without recursion. */
function inCycles(graph: readonly Caller[]): number {
  const index = new Int32Array(graph.length)
  const low = new Int32Array(graph.length)
  const onStack = new Uint8Array(graph.length)
  const stack: number[] = []
  let counter = 0
  let found = 0
  for (let start = 0; start < graph.length; start += 1) {
    if (index[start]) continue
    const path: { node: number; rest: Iterator<number> }[] = []
    const enter = (node: number) => {
      index[node] = low[node] = ++counter
      stack.push(node)
      onStack[node] = 1
      path.push({ node, rest: graph[node]!.calls.values() })
    }
    enter(start)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { node } = top
      const next = top.rest.next()
      if (!next.done) {
        if (!index[next.value]) enter(next.value)
        else if (onStack[next.value]) low[node] = Math.min(low[node]!, index[next.value]!)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent) low[parent.node] = Math.min(low[parent.node]!, low[node]!)
      if (low[node] !== index[node]) continue
      const members = stack.splice(stack.lastIndexOf(node))
      for (const member of members) onStack[member] = 0
      if (members.length > 1 || graph[node]!.calls.has(node)) found += members.length
    }
  }
  return found
}
