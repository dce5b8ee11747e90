/**
 * The node types of Python's `ast` module (3.8–3.14) with their fields, in the module's order. A field is a `node`,
 * `text`, a `number`, a `constant`, a list of nodes (`nodes`) or of texts (`texts`); `?` where it may be null, or
 * items of the list may be; `+` where older Pythons lack it. The fields for type comments are left out.
 */
export const NODE_FIELDS = {
  Module: { body: 'nodes' },
  FunctionDef: {
    name: 'text',
    args: 'node',
    body: 'nodes',
    decorator_list: 'nodes',
    returns: 'node?',
    type_params: 'nodes+',
  },
  AsyncFunctionDef: {
    name: 'text',
    args: 'node',
    body: 'nodes',
    decorator_list: 'nodes',
    returns: 'node?',
    type_params: 'nodes+',
  },
  ClassDef: {
    name: 'text',
    bases: 'nodes',
    keywords: 'nodes',
    body: 'nodes',
    decorator_list: 'nodes',
    type_params: 'nodes+',
  },
  Return: { value: 'node?' },
  Delete: { targets: 'nodes' },
  Assign: { targets: 'nodes', value: 'node' },
  TypeAlias: { name: 'node', type_params: 'nodes', value: 'node' },
  AugAssign: { target: 'node', op: 'node', value: 'node' },
  AnnAssign: { target: 'node', annotation: 'node', value: 'node?', simple: 'number' },
  For: { target: 'node', iter: 'node', body: 'nodes', orelse: 'nodes' },
  AsyncFor: { target: 'node', iter: 'node', body: 'nodes', orelse: 'nodes' },
  While: { test: 'node', body: 'nodes', orelse: 'nodes' },
  If: { test: 'node', body: 'nodes', orelse: 'nodes' },
  With: { items: 'nodes', body: 'nodes' },
  AsyncWith: { items: 'nodes', body: 'nodes' },
  Match: { subject: 'node', cases: 'nodes' },
  Raise: { exc: 'node?', cause: 'node?' },
  Try: { body: 'nodes', handlers: 'nodes', orelse: 'nodes', finalbody: 'nodes' },
  TryStar: { body: 'nodes', handlers: 'nodes', orelse: 'nodes', finalbody: 'nodes' },
  Assert: { test: 'node', msg: 'node?' },
  Import: { names: 'nodes' },
  ImportFrom: { module: 'text?', names: 'nodes', level: 'number' },
  Global: { names: 'texts' },
  Nonlocal: { names: 'texts' },
  Expr: { value: 'node' },
  Pass: {},
  Break: {},
  Continue: {},
  BoolOp: { op: 'node', values: 'nodes' },
  NamedExpr: { target: 'node', value: 'node' },
  BinOp: { left: 'node', op: 'node', right: 'node' },
  UnaryOp: { op: 'node', operand: 'node' },
  Lambda: { args: 'node', body: 'node' },
  IfExp: { test: 'node', body: 'node', orelse: 'node' },
  Dict: { keys: 'nodes?', values: 'nodes' },
  Set: { elts: 'nodes' },
  ListComp: { elt: 'node', generators: 'nodes' },
  SetComp: { elt: 'node', generators: 'nodes' },
  DictComp: { key: 'node', value: 'node', generators: 'nodes' },
  GeneratorExp: { elt: 'node', generators: 'nodes' },
  Await: { value: 'node' },
  Yield: { value: 'node?' },
  YieldFrom: { value: 'node' },
  Compare: { left: 'node', ops: 'nodes', comparators: 'nodes' },
  Call: { func: 'node', args: 'nodes', keywords: 'nodes' },
  FormattedValue: { value: 'node', conversion: 'number', format_spec: 'node?' },
  Interpolation: { value: 'node', str: 'constant', conversion: 'number', format_spec: 'node?' },
  JoinedStr: { values: 'nodes' },
  TemplateStr: { values: 'nodes' },
  Constant: { value: 'constant' },
  Attribute: { value: 'node', attr: 'text', ctx: 'node' },
  Subscript: { value: 'node', slice: 'node', ctx: 'node' },
  Starred: { value: 'node', ctx: 'node' },
  Name: { id: 'text', ctx: 'node' },
  List: { elts: 'nodes', ctx: 'node' },
  Tuple: { elts: 'nodes', ctx: 'node' },
  Slice: { lower: 'node?', upper: 'node?', step: 'node?' },
  Load: {},
  Store: {},
  Del: {},
  And: {},
  Or: {},
  Add: {},
  Sub: {},
  Mult: {},
  MatMult: {},
  Div: {},
  Mod: {},
  Pow: {},
  LShift: {},
  RShift: {},
  BitOr: {},
  BitXor: {},
  BitAnd: {},
  FloorDiv: {},
  Invert: {},
  Not: {},
  UAdd: {},
  USub: {},
  Eq: {},
  NotEq: {},
  Lt: {},
  LtE: {},
  Gt: {},
  GtE: {},
  Is: {},
  IsNot: {},
  In: {},
  NotIn: {},
  comprehension: { target: 'node', iter: 'node', ifs: 'nodes', is_async: 'number' },
  ExceptHandler: { type: 'node?', name: 'text?', body: 'nodes' },
  arguments: {
    posonlyargs: 'nodes',
    args: 'nodes',
    vararg: 'node?',
    kwonlyargs: 'nodes',
    kw_defaults: 'nodes?',
    kwarg: 'node?',
    defaults: 'nodes',
  },
  arg: { arg: 'text', annotation: 'node?' },
  keyword: { arg: 'text?', value: 'node' },
  alias: { name: 'text', asname: 'text?' },
  withitem: { context_expr: 'node', optional_vars: 'node?' },
  match_case: { pattern: 'node', guard: 'node?', body: 'nodes' },
  MatchValue: { value: 'node' },
  MatchSingleton: { value: 'constant' },
  MatchSequence: { patterns: 'nodes' },
  MatchMapping: { keys: 'nodes', patterns: 'nodes', rest: 'text?' },
  MatchClass: { cls: 'node', patterns: 'nodes', kwd_attrs: 'texts', kwd_patterns: 'nodes' },
  MatchStar: { name: 'text?' },
  MatchAs: { pattern: 'node?', name: 'text?' },
  MatchOr: { patterns: 'nodes' },
  TypeVar: { name: 'text', bound: 'node?', default_value: 'node+' },
  ParamSpec: { name: 'text', default_value: 'node+' },
  TypeVarTuple: { name: 'text', default_value: 'node+' },
} as const

/** Name of a class of Python's `ast` module. */
export type PyNodeType = keyof typeof NODE_FIELDS

/** A literal that JSON cannot say: `type` is Python's, `repr` its text (integers from 2^53 on in hexadecimal). */
export interface PyLiteral {
  readonly type: string
  readonly repr: string
}

/** The value of a `Constant`. Python's `1` and `1.0` are both the number 1. */
export type PyConstant = string | number | boolean | null | PyLiteral

interface FieldKinds {
  node: PyNode
  'node?': PyNode | null
  'node+': PyNode | null | undefined
  nodes: readonly PyNode[]
  'nodes?': readonly (PyNode | null)[]
  'nodes+': readonly PyNode[] | undefined
  text: string
  'text?': string | null
  texts: readonly string[]
  number: number
  constant: PyConstant
}

type Fields<T extends PyNodeType> = {
  readonly [Name in keyof (typeof NODE_FIELDS)[T]]: FieldKinds[(typeof NODE_FIELDS)[T][Name] &
    keyof FieldKinds]
}

/**
 * A node of CPython's abstract syntax tree. `type` tells which, and with it the fields:
 *
 * @example
 * const operands = (node: PyNode) => (node.type === 'Compare' ? node.fields.comparators.length + 1 : 0)
 */
export type PyNode<T extends PyNodeType = PyNodeType> = {
  readonly [Type in T]: {
    /** The class in Python's `ast` module: `'FunctionDef'`, `'BoolOp'`, … */
    readonly type: Type
    /** From 1; 0 where this type of node has no position (`Module`, operators, …). */
    readonly line: number
    /** From 0, in bytes of UTF-8, as Python counts it. */
    readonly column: number
    readonly fields: Fields<Type>
    /** The nodes directly under it, in the order of the fields (Python's `ast.iter_child_nodes`). */
    readonly children: readonly PyNode[]
  }
}[T]
