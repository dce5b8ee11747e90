"""The exact texts the product sends, and the three kinds of training example made from them.

The templates are read from `data/prompts/`, so that training cannot drift from use.
"""

from dataclasses import dataclass
from pathlib import Path

from draft import Problem

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"

BEGIN, END, TURN_END = "<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"
HEADER, HEADER_END = "<|start_header_id|>", "<|end_header_id|>"
SPECIALS = (BEGIN, END, HEADER, HEADER_END, TURN_END)

CHAT_TEMPLATE = (
    "{{ '<|begin_of_text|>' }}{% for message in messages %}"
    "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
    " + message['content'] | trim + '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Template:
    user: str
    assistant: str


@dataclass(frozen=True)
class Example:
    """Text that is given, and text that is learnt. The context, if any, comes before the prompt."""

    kind: str
    context: str
    prompt: str
    completion: str


def template(name: str) -> Template:
    text = (PROMPTS / f"{name}.txt").read_text(encoding="utf-8")
    user, assistant = text.split("[user]\n", 1)[1].split("[assistant]", 1)
    opened = assistant.strip("\n")
    return Template(user.strip(), opened + "\n" if opened else "")


TEMPLATES = {name: template(name) for name in ("thinking", "generation")}


def prompt(name: str, text: str, tests: list[str] | tuple[str, ...]) -> str:
    t = TEMPLATES[name]
    user = t.user.replace("{{problem}}", text).replace("{{tests}}", "\n".join(tests)).strip()
    return (f"{BEGIN}{HEADER}user{HEADER_END}\n\n{user}{TURN_END}"
            f"{HEADER}assistant{HEADER_END}\n\n{t.assistant}")


def reply(problem: Problem) -> str:
    parts = (("thinking", problem.thinking), ("reflection", problem.reflection),
             ("solution", problem.code), ("context_generation", problem.context))
    return "\n".join(f"<{tag}>\n{body}\n</{tag}>" for tag, body in parts)


def section(text: str, tag: str) -> str:
    """What stands inside a tag, trimmed; empty where the tag is missing."""
    _, found, rest = text.partition(f"<{tag}>")
    return rest.partition(f"</{tag}>")[0].strip() if found else ""


def context_text(reply_text: str) -> str:
    return (f"{BEGIN}Proposed solution context: {section(reply_text, 'context_generation')}\n"
            f"{section(reply_text, 'solution')}")


def example(problem: Problem, kind: str) -> Example:
    if kind == "thinking":
        return Example(kind, "", prompt(kind, problem.text, problem.tests), reply(problem) + TURN_END)
    context = context_text(reply(problem)) if kind == "context" else ""
    return Example(kind, context, prompt("generation", problem.text, problem.tests),
                   f"{problem.code}\n```{TURN_END}")
