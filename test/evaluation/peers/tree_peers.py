"""What Python's ast and the packages cognitive_complexity and zss say of the standard library, as JSON on stdout.

    python3 tree_peers.py trees | cognitive | distances
"""

import ast
import json
import os
import sys
import warnings

warnings.simplefilter('ignore')
FOLDER = os.path.dirname(os.__file__)


def sources():
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith('.py'):
            with open(os.path.join(FOLDER, name), encoding='utf-8') as file:
                yield file.read()


def functions():
    for source in sources():
        lines = source.split('\n')  # ast.get_source_segment splits the whole file for each function
        for node in ast.parse(source).body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield '\n'.join(lines[node.lineno - 1 : node.end_lineno])


def plain(value):
    """A tree in plain data; constants by their repr."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, ast.Constant):
        return {'type': 'Constant', 'line': value.lineno, 'column': value.col_offset, 'repr': repr(value.value)}
    if isinstance(value, ast.AST):
        skipped = ('type_comment', 'type_ignores', 'kind')
        fields = {name: plain(item) for name, item in ast.iter_fields(value) if name not in skipped}
        place = (getattr(value, 'lineno', 0), getattr(value, 'col_offset', 0))
        return {'type': type(value).__name__, 'line': place[0], 'column': place[1], 'fields': fields}
    return value


def shape(tree):
    nodes = list(ast.walk(tree))
    branching = [len(list(ast.iter_child_nodes(node))) for node in nodes]
    parents = [count for count in branching if count]
    counts = {}
    for node in nodes:
        counts[type(node).__name__] = counts.get(type(node).__name__, 0) + 1

    def depth(node):
        return 1 + max(map(depth, ast.iter_child_nodes(node)), default=0)

    return {
        'nodes': len(nodes),
        'depth': depth(tree),
        'meanBranching': sum(parents) / len(parents) if parents else 0,
        'maxBranching': max(branching),
        'nodeTypes': counts,
    }


def trees():
    small = [source for source in sources() if len(source) < 20_000]
    classes = {
        name: [field for field in node._fields if field not in ('type_comment', 'type_ignores', 'kind')]
        for name, node in vars(ast).items()
        if isinstance(node, type) and issubclass(node, ast.AST)
    }
    rows = [{'source': source, 'tree': plain(ast.parse(source)), 'shape': shape(ast.parse(source))} for source in small]
    return {'classes': classes, 'rows': rows}


def same_definition(function):
    """Does the package follow Campbell here? It has its own rules for the rest (see the test)."""
    costly = (ast.BoolOp, ast.IfExp, ast.Lambda)

    def has(node, kinds):
        return any(isinstance(item, kinds) for item in ast.walk(node))

    for node in ast.walk(function):
        nested = node is not function and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        if nested or isinstance(node, (ast.AsyncFor, ast.Match)):
            return False
        if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            return False
        if isinstance(node, ast.Try) and node.orelse:
            return False
        if isinstance(node, ast.BoolOp) and any(has(value, costly) for value in node.values):
            return False
        conditions = [getattr(node, name) for name in ('test', 'iter') if isinstance(getattr(node, name, None), ast.AST)]
        if isinstance(node, (ast.If, ast.While, ast.For)) and any(has(item, (ast.IfExp, ast.Lambda)) for item in conditions):
            return False
    return not any(has(item, costly) for item in [function.args, *function.decorator_list])


def cognitive():
    from cognitive_complexity.api import get_cognitive_complexity

    rows = []
    for source in functions():
        function = ast.parse(source).body[0]
        if same_definition(function):
            rows.append({'source': source, 'complexity': get_cognitive_complexity(function)})
    return rows


def distances():
    import zss

    def tree(node):
        result = zss.Node(type(node).__name__)
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr_context):
                result.addkid(tree(child))
        return result

    def different(a, b):
        return int(a != b)

    short = [source for source in functions() if 100 < len(source) < 700][::9][:80]
    rows = []
    for first, second in zip(short, short[1:]):
        a, b = tree(ast.parse(first)), tree(ast.parse(second))
        distance = zss.simple_distance(a, b, label_dist=different)
        rows.append({'a': first, 'b': second, 'distance': int(distance)})
    return rows


json.dump({'trees': trees, 'cognitive': cognitive, 'distances': distances}[sys.argv[1]](), sys.stdout)
