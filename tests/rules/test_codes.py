from __future__ import annotations

import ast
import re
from pathlib import Path

from ledger.aggregates import verdict

HERE = Path(__file__).parent
LEDGER = HERE.parents[1] / "ledger"
SOURCES = [
    *(LEDGER / "rules").glob("*.py"),
    LEDGER / "aggregates" / "chain.py",
    LEDGER / "telling.py",
    LEDGER / "store" / "mapper.py",
]
TESTS = [*HERE.glob("test_*.py"), *(HERE.parent / "service").glob("test_*.py")]
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
# Fields of events and a code of another floor, which look like codes.
OTHERS = {"store.exists", "authority.verdict"} | {
    f"mandate.{field}" for field in ("amount", "conditions", "further", "level", "types", "until")
}


def in_sources() -> set[str]:
    """The first text given to Refused, the second to require; and one for each kind of no."""
    found = {f"authority.{no.replace(' ', '_')}" for no in verdict.No.__args__}  # type: ignore[attr-defined]
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"require", "Refused"}
            ):
                code = node.args[1 if node.func.id == "require" else 0]
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
    return found


def in_tests() -> set[str]:
    return {
        node.value
        for path in TESTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
    }


def test_every_rule_code_stands_in_a_test() -> None:
    assert in_sources() - in_tests() == set()


def test_no_test_expects_a_rule_that_is_not_there() -> None:
    families = {code.partition(".")[0] for code in in_sources()}
    expected = {
        code for code in in_tests() if code.partition(".")[0] in families and not code.endswith((".v1", ".py", ".db"))
    }
    assert expected - in_sources() - OTHERS == set()
