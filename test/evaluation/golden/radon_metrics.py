"""radon's figures for a JSON list of sources on stdin, as JSON on stdout; radon 5.1 made the golden file.

    python3 radon_metrics.py < sources.json > standard-metrics.json

With the argument `blocks`, the complexity of each block alone, which takes a tenth of the time.
"""

import json
import sys

from radon.complexity import cc_rank
from radon.metrics import h_visit, mi_visit
from radon.raw import analyze
from radon.visitors import ComplexityVisitor

HALSTEAD = 'h1 h2 N1 N2 vocabulary length calculated_length volume difficulty effort time bugs'.split()
RAW = 'loc lloc sloc comments multi blank single_comments'.split()


def figures(source):
    visitor = ComplexityVisitor.from_code(source)
    values = [block.complexity for block in visitor.blocks]
    metrics = {
        'cyclomatic_complexity': max(values) if values else None,
        'cyclomatic_complexity_mean': sum(values) / len(values) if values else None,
        'cyclomatic_complexity_total': visitor.total_complexity,
        'maintainability_index': mi_visit(source, True),
    }
    total = h_visit(source).total
    metrics.update({'halstead_' + name: value for name, value in zip(HALSTEAD, total)})
    metrics.update(zip(RAW, analyze(source)))
    return {'source': source, 'metrics': metrics}


def blocks(source):
    found = ComplexityVisitor.from_code(source).blocks
    return [[b.name, getattr(b, 'classname', None), b.lineno, b.complexity, cc_rank(b.complexity)] for b in found]


of = blocks if 'blocks' in sys.argv else figures
json.dump([of(source) for source in json.load(sys.stdin)], sys.stdout, indent=1)
