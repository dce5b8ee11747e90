"""What the judge reads from the text of the tests."""

import ast

# Holds the left side of the comparison that is being asserted.
LEFT = '__left'


def show_operands(source):
    """Python's tree of a test, in which `assert left op right` first keeps its left side, to be shown on failure."""
    tree = ast.parse(source)
    body = []
    for statement in tree.body:
        condition = getattr(statement, 'test', None)
        if isinstance(statement, ast.Assert) and isinstance(condition, ast.Compare) and len(condition.ops) == 1:
            keep = ast.copy_location(assign_left(condition.left), statement)
            condition.left = ast.Name(id=LEFT, ctx=ast.Load())
            body += [keep, statement, ast.copy_location(assign_left(ast.Constant(value=...)), statement)]
        else:
            body.append(statement)
    tree.body = body
    return ast.fix_missing_locations(tree)


def assign_left(value):
    return ast.Assign(targets=[ast.Name(id=LEFT, ctx=ast.Store())], value=value)


def nodes(test):
    try:
        return list(ast.walk(ast.parse(test)))
    except (SyntaxError, ValueError):
        return []  # Running it says so.


def called_names(test):
    calls = [node.func for node in nodes(test) if isinstance(node, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)}


def bound_names(test):
    names = set()
    for node in nodes(test):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split('.')[0])
    return names
