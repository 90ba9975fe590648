"""A small organisation whose year is told by the commands of the main job, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

ROOT = Path(__file__).parents[2]
Say = Callable[..., Result]
OWNED = ["responsibility", "code", "title", "holder", "kind", "level", "since", "until", "stand_in", "parent"]
YEAR = """
member add anna --name 'Anna Berg' --me eva --on 2025-01-02
member add bo --me eva --on 2025-01-02
member add cia --me eva --on 2025-01-02
member add board --group --acts each --me eva --on 2025-01-02
member join board cia --me eva --on 2025-01-02
member rename anna 'Anna Ek' --me eva --on 2025-01-03
capacity 20 --me anna --on 2025-01-03
competence law --level able --me anna --on 2025-01-03
confirm anna law --level able --me bo --on 2025-01-04
withdraw-competence anna law --me bo --on 2025-01-05
define norr --title North --decides 'purchase/*' --decides hire --me eva --on 2025-01-05
offer norr --to anna --types 'purchase/*' --types hire --amount 200000 --level 5 --further 3 --me eva --on 2025-01-06
accept norr --me anna --on 2025-01-07
define vagn --title Vehicles --parent norr --me anna --on 2025-01-08
clarify vagn --purpose 'Vans that start' --me anna --on 2025-01-09
offer vagn --to cia --amount 10 --me anna --on 2025-01-09
withdraw-offer vagn --me anna --on 2025-01-10
offer vagn --to cia --amount 10 --me anna --on 2025-01-10
decline vagn --reason 'no time' --me cia --on 2025-01-11
offer vagn --to bo --amount 50000 --condition consult:board --until 2025-12-01 --me anna --on 2025-01-12
accept vagn --reservations 'if I may learn it' --me bo --on 2025-01-13
change-mandate vagn --amount 60000 --agreed-by bo --reason 'dearer vans' --me anna --on 2025-02-01
stand-in vagn --member cia --from 2025-03-01 --until 2025-04-01 --reason leave --me anna --on 2025-02-20
decide 'Two vans' --in vagn --type purchase/vehicle --amount 40000 --because worn --me cia --on 2025-03-10
end-stand-in vagn --member cia --me anna --on 2025-03-20
renew vagn --until 2025-11-01 --me anna --on 2025-03-21
away --from 2025-07-01 --until 2025-08-01 --me bo --on 2025-04-01
decide Truck --in vagn --type purchase/vehicle --amount 90000 --outside-mandate --reason fire --me bo --on 2025-04-02
define syd --title South --me eva --on 2025-05-01
move syd --parent norr --reason 'one unit' --me eva --on 2025-05-02
retire syd --reason 'closed again' --me eva --on 2025-05-03
hand-back vagn --lacking resources --reason 'no money' --me bo --on 2025-06-01
member part board cia --me eva --on 2025-06-02
member leave cia --me eva --on 2025-06-03
member return cia --me eva --on 2025-06-10
revoke norr --reason 'new town' --talked-first --me eva --on 2025-07-01
"""


def rows(say: Say, *words: str, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    return json.loads(say(*words, "--json", code=code).stdout)


def decision(say: Say, title: str) -> str:
    return next(str(row["decision"]) for row in rows(say, "decisions") if row["title"] == title)
