"""jupyter_kernel_test, as published, against the `nir` kernelspec that JUPYTER_PATH points to."""

import unittest

import jupyter_kernel_test


class NirKernelTests(jupyter_kernel_test.KernelTests):
    @classmethod
    def setUpClass(cls):
        # The suite gives every answer the same time, on a busy machine less than the first cell needs for its types.
        super().setUpClass()
        cls.kc.execute_interactive("1", timeout=120, output_hook=lambda _: None)

    kernel_name = "nir"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('to stderr')"
    completion_samples = [
        {"text": "Math.ma", "matches": {"max"}},
        {"text": "displ", "matches": {"display"}},
    ]
    complete_code_samples = ["1", "const x: number = 1", "function f() {\n  return 1\n}\n"]
    incomplete_code_samples = ["function f() {", "const a = ["]
    invalid_code_samples = ["foo bar", "const x = }"]
    code_page_something = ""
    code_generate_error = "throw new Error('expected')"
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "[1, 2].map((x) => x * 2)", "result": "[ 2, 4 ]"},
    ]
    code_display_data = [
        {"code": "display({ 'text/html': '<b>bold</b>' })\nundefined", "mime": "text/html"},
        {"code": "display({ data: [{ type: 'bar', y: [1] }], layout: {} })\nundefined",
         "mime": "application/vnd.plotly.v1+json"},
    ]
    code_history_pattern = "1*2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "clear()"
    code_stdin = "const answer = await input('name? ')"


if __name__ == "__main__":
    unittest.main()
