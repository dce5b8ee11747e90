"""Checks of the generator, without torch: python3 -m unittest data/model/training/test_data.py"""

import json
import sys
import unittest
from itertools import islice
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from draft import Unbuildable, build  # noqa: E402
from families import ALL  # noqa: E402
from problems import BLOCK, COUNT, held_out_problems, row  # noqa: E402
from render import context_text, example, reply, section  # noqa: E402
from split import held_cell, held_text, stream  # noqa: E402

BUNDLED = HERE.parents[1] / "problems" / "embedded.jsonl"


def cell(problem):
    return problem.family, problem.composition, problem.phrasing


class Data(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.trained = list(islice(stream(1, held=False), 800))
        cls.made = held_out_problems()
        cls.bundled = [json.loads(line) for line in BUNDLED.read_text(encoding="utf-8").splitlines()]

    def test_bundled_file_is_what_the_generator_writes(self):
        self.assertEqual(len(self.made), COUNT)
        for stored, problem in zip(self.bundled, self.made, strict=True):
            self.assertEqual(stored, row(stored["task_id"], problem))

    def test_every_reference_passes_its_tests(self):
        rows = self.bundled + [row(0, p) for p in self.trained]
        for r in rows:
            self.assertEqual(len(r["test_list"]), 3)
            exec("\n".join([r["code"], *r["test_list"]]), {})

    def test_no_held_out_cell_or_text_is_in_the_training_stream(self):
        made = self.made
        self.assertFalse({p.text for p in self.trained} & {p.text for p in made})
        self.assertFalse(set(map(cell, self.trained)) & set(map(cell, made)))
        self.assertTrue(all(held_cell(p) and held_text(p) for p in made))

    def test_blocks_are_fair(self):
        for start in range(0, COUNT, BLOCK):
            self.assertEqual(sum(p.open for p in self.made[start:start + BLOCK]), BLOCK // 2)

    def test_stream_is_a_function_of_its_seed(self):
        self.assertEqual(list(islice(stream(5, held=False), 50)), list(islice(stream(5, held=False), 50)))

    def test_every_family_can_be_built(self):
        for family, weight in ALL:
            rng, built = Random(3), 0
            for _ in range(30):
                try:
                    build(family(rng), rng)
                    built += 1
                except Unbuildable:
                    pass
            self.assertGreater(built, 5, family)
            self.assertGreater(weight, 0)

    def test_reply_sections_read_back(self):
        for problem in self.trained[:200]:
            text = reply(problem)
            self.assertEqual(section(text, "solution"), problem.code)
            self.assertTrue(context_text(text).endswith(f"{problem.context}\n{problem.code}"))
            self.assertIn(problem.tests[2], example(problem, "direct").prompt)


if __name__ == "__main__":
    unittest.main()
