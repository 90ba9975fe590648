"""A team's year said in words: every command that records, every question, and what each of them answers."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from faceskit import ASKS, DECISION, FORMATS, NAMES, WRITES, Person

from cli.table import RECORD, TABLE

if TYPE_CHECKING:
    from faceskit import Clock

# Each command as it is typed, and below it all that it answers on stdout.
YEAR = """
$ init 'Norrby works' --founder eva --on 2025-01-01
Norrby works is founded in .tillit/ledger.db; eva holds the root.
$ member add anna --name 'Anna Berg' --me eva --on 2025-01-02
anna is a member.
$ member add bo --me eva --on 2025-01-02
bo is a member.
$ member add cia --me eva --on 2025-01-02
cia is a member.
$ member add dag --me eva --on 2025-01-02
dag is a member.
$ member add gruppen --group --acts together --name 'The group' --me eva --on 2025-01-02
gruppen is a group.
$ member join gruppen anna --until 2026-01-01 --me eva --on 2025-01-02
anna sits in gruppen.
$ member join gruppen bo --me eva --on 2025-01-02
bo sits in gruppen.
$ member part gruppen bo --me eva --on 2025-01-10 --reason 'too much'
bo no longer sits in gruppen.
$ member rename anna 'Anna Ek' --me eva --on 2025-01-11
anna is called Anna Ek from now on.
$ define norr --title 'Drift norr' --purpose Streets --duties snow --duties sand --goals winter --effort 'half time' --competences upphandling --legal-basis 'KL 6:37' --report-rule 'next meeting' --me eva --on 2025-01-03
norr is defined under root.
$ offer norr --to anna --types 'purchase/*' --types hire --amount 200000 --amount-per-year 900000 --scope norra --scope vastra --two-way-only --further 2 --level 5 --level-for hire=3 --condition consult:dag/5 --condition report:eva --from 2025-01-05 --until 2026-12-31 --review-on 2025-06-01 --resources 'two vans' --delegator-duty 'answers within a day' --check-in-every 2w --basis 'minutes 4' --key k1 --me eva --on 2025-01-04
norr is offered to anna, level 5. Review on Sunday 2025-06-01. It ends on Thursday 2026-12-31. Known gaps: authority (level 3 for hire: the delegator decides), competence (lacking: upphandling).
$ accept norr --me anna --on 2025-01-05
norr is anna's.
$ clarify norr --title 'Drift norr och vast' --reason grew --me eva --on 2025-01-06
norr is clarified: title Drift norr och vast.
$ define vagn --title Vehicles --parent norr --decides purchase/vehicle --reserve 'hire/*' --me anna --on 2025-01-07
vagn is defined under norr.
$ define flytt --title Move --parent norr --me anna --on 2025-01-07
flytt is defined under norr.
$ define spar --title Save --me eva --on 2025-01-07
spar is defined under root.
$ offer vagn --to bo --amount 50000 --level 6 --me anna --on 2025-01-08
vagn is offered to bo, level 6. Review on Thursday 2026-01-08. It ends on Thursday 2026-12-31. Known gaps: resources (none named).
$ decline vagn --reason 'no time' --me bo --on 2025-01-08
The offer of vagn is declined.
$ offer vagn --to cia --me anna --on 2025-01-09
vagn is offered to cia, level 6. Review on Friday 2026-01-09. It ends on Thursday 2026-12-31. Known gaps: resources (none named).
$ withdraw-offer vagn --me anna --reason 'the wrong one' --on 2025-01-09
The offer of vagn is withdrawn.
$ offer vagn --to bo --amount 50000 --level 6 --me anna --on 2025-01-10
vagn is offered to bo, level 6. Review on Saturday 2026-01-10. It ends on Thursday 2026-12-31. Known gaps: resources (none named).
$ accept vagn --reservations 'if I get the spring' --me bo --on 2025-01-11
vagn is bo's.
$ change-mandate vagn --amount 40000 --reason budget --me anna --on 2025-02-01
The mandate of vagn is narrowed.
$ change-mandate vagn --amount 60000 --agreed-by bo --reason 'two a year' --me anna --on 2025-02-10
The mandate of vagn is widened.
$ stand-in vagn --member cia --from 2025-03-01 --until 2025-04-01 --reason leave --me anna --on 2025-02-20
cia stands in for vagn from Saturday 2025-03-01 until Tuesday 2025-04-01.
$ lease: decide 'Lease two vans' --in vagn --type purchase/vehicle --amount 40000 --scope norra --counterparty 'Vans AB' --question 'the old ones fail' --option lease --option buy --chose lease --because cheaper --expects 'less repair' --sign 'fewer stops' --confidence high --review-on 2025-09-01 --informed anna --affected dag --goal winter --with dag --me cia --on 2025-03-05
{lease} is decided, inside mandate: Lease two vans. Still to do: report it to eva (condition of norr), report it to anna (level 6).
$ end-stand-in vagn --member cia --me anna --reason 'back early' --on 2025-03-10
cia no longer stands in for vagn.
$ vans: decide 'Four vans' --in vagn --type purchase/vehicle --amount 50000 --scope norra --supersedes {lease} --because more --with dag --me bo --on 2025-03-20
{vans} is decided, inside mandate: Four vans. Still to do: report it to eva (condition of norr), report it to anna (level 6).
$ big: decide 'Big van' --in vagn --type purchase/vehicle --amount 90000 --scope norra --outside-mandate --reason 'the only chance' --me bo --on 2025-04-01
{big} is decided, outside mandate: Big van.
$ tow: decide 'Tow now' --in vagn --type purchase/vehicle --amount 95000 --scope norra --urgent --reason 'a blocked road' --me bo --on 2025-04-02
{tow} is decided as urgent: Tow now.
$ ratify {big} --reason 'it was right' --me anna --on 2025-04-03
{big} is ratified.
$ third: refer-up 'A third van' --in vagn --type purchase/vehicle --amount 80000 --scope norra --reason 'beyond my limit' --me bo --on 2025-05-01
{third} is referred up: A third van.
$ decide {third} --because winter --with dag --with eva --me anna --on 2025-05-02
{third} is decided, inside mandate: A third van. Still to do: report it to eva (condition of norr).
$ fourth: refer-up 'A fourth van' --in vagn --type purchase/vehicle --amount 85000 --scope norra --reason beyond --me bo --on 2025-05-03
{fourth} is referred up: A fourth van.
$ refer-up {fourth} --reason 'beyond mine' --me anna --on 2025-05-04
{fourth} is referred up.
$ fifth: refer-up 'A fifth van' --in vagn --type purchase/vehicle --amount 85000 --scope norra --reason beyond --me bo --on 2025-05-05
{fifth} is referred up: A fifth van.
$ call-in {fifth} --reason 'the whole town' --me eva --on 2025-05-06
{fifth} is called in.
$ declare-conflict {fifth} --reason 'my sister' --me anna --on 2025-05-06
anna stays out of {fifth}.
$ reverse {vans} --reason sold --me bo --on 2025-05-07
{vans} is reversed.
$ overrule {tow} --reason 'against the budget' --me anna --on 2025-05-08
{tow} is overruled.
$ renew norr --until 2026-12-31 --review-on 2026-06-01 --agreed-by anna --me eva --on 2025-06-01
norr goes on until Thursday 2026-12-31.
$ check-in vagn --state needs-support --with bo --note 'two stops' --asked-by bo --unplanned --next 2025-06-15 --me anna --on 2025-06-01
Checked in on vagn with bo: needs-support. Next on Sunday 2025-06-15.
$ ask-support vagn --what 'a mechanic' --me bo --on 2025-06-01
anna is asked for support with vagn.
$ give-support vagn --support 1 --what 'ours, on Friday' --me anna --on 2025-06-01
anna gave support with vagn.
$ review-delegation vagn --design fits --mandate keep --delegator-part change --learned 'ask earlier' --next 2025-12-01 --with bo --me anna --on 2025-06-01
vagn is reviewed with bo: design fits, mandate keep, the delegator's part change. Next review on Monday 2025-12-01.
$ offer flytt --to dag --me anna --on 2025-06-02
flytt is offered to dag, level 6. Review on Tuesday 2026-06-02. It ends on Thursday 2026-12-31. Known gaps: resources (none named).
$ accept flytt --me dag --on 2025-06-02
flytt is dag's.
$ complete flytt --summary 'all moved' --learned boxes --me dag --on 2025-07-01
flytt is completed.
$ retire flytt --passes-to norr --reason done --me anna --on 2025-07-02
flytt is no more.
$ move spar --parent norr --reason 'one unit' --me eva --on 2025-07-03
spar lies under norr.
$ offer spar --to cia --me anna --on 2025-07-04
spar is offered to cia, level 6. Review on Saturday 2026-07-04. It ends on Thursday 2026-12-31. Known gaps: resources (none named).
$ accept spar --me cia --on 2025-07-04
spar is cia's.
$ hand-back spar --lacking resources --reason 'no money' --me cia --on 2025-08-01
spar is handed back; lacking: resources.
$ offer spar --to dag --me anna --on 2025-08-02
spar is offered to dag, level 6. Review on Sunday 2026-08-02. It ends on Thursday 2026-12-31. Known gaps: resources (none named).
$ accept spar --me dag --on 2025-08-02
spar is dag's.
$ revoke spar --reason closed --talked-first --me anna --on 2025-09-01
spar is revoked.
$ capacity 20 --unit points --me bo --on 2025-09-01
bo has 20 points to give.
$ competence upphandling --level able --evidence 'a course' --me bo --on 2025-09-01
bo says: upphandling, able.
$ confirm bo upphandling --level able --me anna --on 2025-09-02
anna confirms upphandling of bo: able.
$ withdraw-competence bo upphandling --reason 'long ago' --me bo --on 2025-09-03
upphandling of bo is withdrawn.
$ away --from 2025-12-15 --until 2026-01-01 --me bo --on 2025-09-04
bo is away from Monday 2025-12-15 until Thursday 2026-01-01.
$ attach {lease} https://example.org/m.pdf --label Minutes --me bo --on 2025-09-05
Minutes is linked to {lease}.
$ note bo 'Called in' --me cia --on 2025-09-05
It is noted about bo.
$ erase bo --field note --ground 'not ours to keep' --me bo --on 2025-09-05
The private texts of bo are erased here; backups made before still hold them.
$ correct {lease}/1 amount 41000 --reason 'a slip' --me cia --on 2025-09-06
{lease}/1 is corrected: amount is 41000.
$ capacity 5 --me bo --on 2025-09-07
bo has 5 hours_week to give.
$ annul member:bo/9 --reason 'meant for another' --me bo --on 2025-09-08
member:bo/9 is annulled.
$ what-if leaves anna --on 2025-10-01 --as-of 2025-09-10 --fields what,name,then
what	name	then
responsibility	norr	eva
group	gruppen	nobody
$ member leave dag --me eva --on 2025-10-01
dag leaves: Wednesday 2025-10-01.
$ member return dag --me eva --on 2025-11-01
dag is back; earlier delegations are not.
$ who-owns --as-of 2025-06-30 --fields code,holder,level,parent
code	holder	level	parent
flytt	dag	6	norr
norr	anna	5	root
root	eva	7	
spar			root
vagn	bo	6	norr
$ who-owns --tree --as-of 2025-06-30 --fields code,holder
code	holder
root	eva
  norr	anna
    flytt	dag
    vagn	bo
  spar	
$ who-owns vagn --as-of 2025-03-05 --fields code,holder,stand_in
code	holder	stand_in
vagn	bo	cia
$ holds anna --as-of 2025-06-30 --fields code,types,amount,conditions,review_on,delegator
code	types	amount	conditions	review_on	delegator
norr	purchase/*,hire	200000	consult:dag,report:eva	2026-06-01	eva
$ delegated-by anna --as-of 2025-06-30 --fields code,holder,amount
code	holder	amount
flytt	dag	200000
vagn	bo	60000
$ offers --as-of 2025-01-04 --fields code,to,by,days
code	to	by	days
norr	anna	eva	0
$ vacant --as-of 2025-11-01 --fields code,last_holder,cause,answers
code	last_holder	cause	answers
spar	dag	revoked	anna
$ vacant --within 60d --as-of 2025-11-10 --fields code,holder,cause,date
code	holder	cause	date
vagn	bo	absence	2025-12-15T00:00:00.000000Z
$ can bo purchase/vehicle --amount 60000 --as-of 2025-06-30
YES  bo may decide it in vagn, as holder
     must first: consult dag
     afterwards: report eva, report anna
$ who-can purchase/vehicle --amount 80000 --scope norra --as-of 2025-06-30 --fields member,responsibility,chain
member	responsibility	chain
eva	root	root
anna	norr	root,norr
dag	flytt	root,norr,flytt
$ why {lease} --as-of 2025-03-05 --fields step,responsibility,holder,result
step	responsibility	holder	result
1	root	eva	ok
2	norr	anna	ok
3	vagn	bo	ok
4	vagn	cia	inside
5	vagn	dag	ok
6	vagn	eva	due after
7	vagn	anna	due after
now	vagn	cia	inside
$ decisions --fields title,by,verdict,status
title	by	verdict	status
Lease two vans	cia	inside	superseded
Four vans	bo	inside	reversed
Big van	bo	outside	stands
Tow now	bo	urgent	overruled
A third van	anna	inside	stands
$ decisions --open --fields title,responsibility,by
title	responsibility	by
A fourth van	root	bo
A fifth van	root	bo
$ decisions --outside --fields by,amount,link,dimension,limit,reason,settled_by
by	amount	link	dimension	limit	reason	settled_by
bo	90000	vagn	amount	60000	the only chance	ratified by anna
bo	95000	vagn	amount	60000	a blocked road	overruled by anna
$ decisions --acting --fields title,by,acting_for,as
title	by	acting_for	as
Lease two vans	cia	bo	stand-in
$ decisions --by bo --since 2025-04-01 --fields title
title
Big van
Tow now
$ decisions --in norr --fields title
title
A third van
$ lineage {vans} --fields title,status,supersedes,part
title	status	supersedes	part
Lease two vans	superseded		
Four vans	reversed	{lease}	whole
$ register --as-of 2025-06-30 --fields code,delegate,types,amount,level,further
code	delegate	types	amount	level	further
flytt	dag	purchase/*,hire	200000	6	1
norr	anna	purchase/*,hire	200000	5	2
root	eva	*		7	any
spar		*			
vagn	bo	purchase/vehicle	60000	6	1
$ register --diff 2025-01-20..2025-06-30 --fields code,change,before,after
code	change	before	after
flytt	types	*	purchase/*,hire
flytt	delegate		dag
flytt	amount		200000
flytt	amount_per_year		900000
flytt	scope		norra,vastra
flytt	conditions		consult:dag,report:eva
flytt	level		6
flytt	further		1
flytt	since		2025-06-02T00:00:00.000000Z
flytt	until		2025-07-01T00:00:00.000000Z
vagn	amount	50000	60000
$ members --as-of 2025-11-10 --fields member,kind,acts,name
member	kind	acts	name
anna	person		Anna Ek
bo	person		
cia	person		
dag	person		
eva	person		
gruppen	group	together	The group
$ history member:bo --fields n,event,text,actor
n	event	text	actor
1	member.added.v1		eva
2	capacity.stated.v1		bo
3	competence.stated.v1		bo
4	competence.confirmed.v1		anna
5	competence.withdrawn.v1		bo
6	absence.stated.v1		bo
7	note.added.v1	(erased)	cia
8	personal_data.erased.v1		bo
9	capacity.stated.v1		bo
10	entry.annulled.v1		bo
$ erasures --fields what,whose,ground,by,for_good
what	whose	ground	by	for_good
note	member:bo	not ours to keep	bo	false
$ check-ins --as-of 2025-06-30 --fields code,holder,agreed_every,last,state,next_on,days_over
code	holder	agreed_every	last	state	next_on	days_over
norr	anna	2w			2025-01-19	162
vagn	bo		2025-06-01T00:00:00.000000Z	needs_support	2025-06-15	15
$ check-ins --missed --as-of 2025-06-10 --fields code,days_over
code	days_over
norr	142
$ support --fields by,of,what,age,given_by,answer
by	of	what	age	given_by	answer
bo	anna	a mechanic	0	anna	ours, on Friday
$ delegated-by anna --as-of 2025-06-30 --fields code,last_check_in,state,support_asked,review_on
code	last_check_in	state	support_asked	review_on
flytt				2026-06-02
vagn	2025-06-01T00:00:00.000000Z	needs_support		2025-12-01
$ board --as-of 2025-06-30 --fields decision_type,consult,advise,inquire,holder
decision_type	consult	advise	inquire	holder
hire			flytt	dag
hire	norr			anna
purchase/*			flytt	dag
purchase/*		norr		anna
purchase/vehicle			vagn	bo
$ trend autonomy --by quarter --as-of 2025-12-01
period	mandates	mean_level	widened	narrowed	decided	decided_at_level_5_or_higher
2025-Q1	2	5.5	1	1	2	2
2025-Q2	3	5.67	0	0	3	3
2025-Q3	2	5.5	0	0	0	0
2025-Q4	2	5.5	0	0	0	0
$ load --as-of 2025-09-10 --fields member,capacity,effort_held,responsibilities,flag
member	capacity	effort_held	responsibilities	flag
anna		0	norr	capacity not stated; effort not stated: norr
bo	20 points	0	vagn	effort not stated: vagn
cia		0		
dag		0		
eva		0	root	capacity not stated; effort not stated: root
$ fit norr --as-of 2025-09-02 --fields member,has,lacks,level,confirmed
member	has	lacks	level	confirmed
anna		upphandling		
bo	upphandling		upphandling able	upphandling
cia		upphandling		
dag		upphandling		
eva		upphandling		
$ single-points --as-of 2025-06-30 --fields code,holder,others_with_the_competence
code	holder	others_with_the_competence
flytt	dag	
norr	anna	
root	eva	
vagn	bo	
$ overlaps --as-of 2025-06-30
decision_type	responsibilities	holders
purchase/vehicle	flytt,vagn	dag,bo
$ gaps --as-of 2025-01-08 --fields decision_type,nearest_ancestor,who,code,why
decision_type	nearest_ancestor	who	code	why
purchase/vehicle	norr	anna	vagn	vacant
$ hand-backs --fields code,by,lacking,held_for,done
code	by	lacking	held_for	done
spar	cia	resources	28	offered to dag
$ revocations --fields code,holder,by,talked_first,check_ins_before,notice
code	holder	by	talked_first	check_ins_before	notice
spar	dag	anna	true	0	0
$ taken-back --by unit
unit	made	called_in	overruled	referred_up	revoked	share
norr	4	0	1	3	1	0.25
root	1	1	0	1	0	0.5
$ chains --as-of 2025-06-30 --fields leaf,depth,links,narrowest_limit
leaf	depth	links	narrowest_limit
flytt	3	root,norr,flytt	200000
spar	2	root,spar	
vagn	3	root,norr,vagn	60000
$ chains --children --as-of 2025-06-30 --fields code,from,to,allowed_by,reported
code	from	to	allowed_by	reported
flytt	anna	dag	norr: 2	
vagn	anna	bo	norr: 2	
$ chains --to-root {lease} --fields step,responsibility,holder,by
step	responsibility	holder	by
1	vagn	bo	anna
2	norr	anna	eva
3	root	eva	eva
$ mirror anna --over 1y --me eva --fields sign,value,before
sign	value	before
taken back	1 of 4	
called in against referred up	0 called in, 3 brought	
widened against narrowed	1 widened, 1 narrowed, 0 mixed	
unplanned check-ins I asked for	0 of 1	
promised check-ins kept		
support answered	0.0 days, the median of 1	
revoked without talk	1 of 1	
handed back for lack of authority or resources	1 of 1, 0 answered	
waiting at me		
affected asked before		
appreciation to guidance		
upward share		
$ rebuild
The views are rebuilt up to position 86.
$ log --since 84 --fields position,id,event,actor
position	id	event	actor
85	member:dag/2	member.left.v1	eva
86	member:dag/3	member.returned.v1	eva
$ verify
ok record      86 events in 19 streams: positions, bytes, hashes, tree and versions as written
ok texts       4 private texts are those committed to, 1 are gone and named by an erasure
ok checkpoints 2 checkpoints agree with the events, signed by keys that are trusted here
ok views       every row follows from the log up to position 86
   events 1 to 86: signed here
   nothing from outside was brought: whoever holds the key could have signed another history
"""  # noqa: E501, W291 - what is typed on one line stands on one line, and an empty last cell is one

# These answer about the place rather than about what is in it; each has a test of its own below.
ELSEWHERE = {"audit", "audits", "sample decisions", "stats", "schema", "config", "completion", "demo", "import journal"}
# The roads to a decision: a story of their own, in test_roads_to_a_decision.py.
ELSEWHERE |= {"propose", "amend", "ask-advice", "advise", "concern", "object", "resolve", "consent", "stand-aside"}
ELSEWHERE |= {"withdraw", "report", "note-report", "review"}
# What waits and falls due, who stands behind what, and what was reported: in test_what_waits.py.
ELSEWHERE |= {"inbox", "stuck", "due", "reviews", "trials", "agreement", "involvement", "audience", "learned"}
ELSEWHERE |= {"consensus", "objections", "conflicts", "conditions", "reports", "report-pack"}
# Goals, numbers and what an audit finds: a story of their own, in test_goals_and_findings.py.
ELSEWHERE |= {name for name in NAMES if name.startswith("goal")}
ELSEWHERE |= {"number", "numbers", "tag", "delegations", "split-check", "late", "recorded-for", "corrections"}
ELSEWHERE |= {"evidence"}
# Keys, checkpoints, proofs, exports, witnesses and restoring: in tests/audit, tests/publishing and tests/witnessing.
ELSEWHERE |= {
    "key create",
    "key show",
    "key rotate",
    "checkpoint",
    "prove",
    "verify-proof",
    "export tlog",
    "export case",
}
ELSEWHERE |= {"witness serve", "witness key create", "witness key show", "backup", "continue"}
# Between places, and what goes on until it is ended: in test_on_a_server.py and tests/following.
ELSEWHERE |= {"copy", "follow", "project"}
# What is said about the work, and who may read it: a story of its own, in test_feedback_said.py.
ELSEWHERE |= {name for name in NAMES if name.startswith("feedback")}


def told(person: Person, story: str) -> None:
    for step in story.strip().removeprefix("$ ").split("\n$ "):
        line, _newline, expected = step.partition("\n")
        answer = person.done(line)
        assert answer == expected.format(**person.ids).rstrip("\n") + "\n", line


def test_a_year_of_a_team_is_told_and_asked_about_word_for_word(person: Person) -> None:
    told(person, YEAR)
    assert person.row("verify")["verdict"] == "whole"


def test_the_year_and_the_tests_below_say_every_command_there_is() -> None:
    lines = [step.partition("\n")[0] for step in YEAR.strip().removeprefix("$ ").split("\n$ ")]
    words = [line.split(": ", 1)[-1] if line.partition(" ")[0].endswith(":") else line for line in lines]
    said = {name for name in NAMES for line in words if f"{line} ".startswith(f"{name} ")}
    assert set(NAMES) - said == ELSEWHERE
    assert {row.name for row in TABLE if row.target and row.section in RECORD} == set(WRITES)


@pytest.mark.parametrize("name", WRITES)
def test_a_dry_run_shows_the_events_and_records_nothing(town: Person, name: str) -> None:
    before = town.head()
    shown = town.done(WRITES[name], "--on", "2025-11-01", "--dry-run").splitlines()
    events = [json.loads(line) for line in shown]
    assert events
    assert town.head() == before
    told = town.row(WRITES[name], "--on", "2025-11-01")
    assert len(told["events"]) == len(events)
    assert town.head() == before + len(events)
    recorded = town.last(len(events))
    assert [row["event"] for row in recorded] == [event["event"] for event in events]
    assert [row["occurred"] for row in recorded] == [event["occurred"] for event in events]
    assert [row["id"] for row in recorded] == told["events"]


@pytest.mark.parametrize("name", WRITES)
def test_the_same_key_twice_is_recorded_once_and_answered_alike(town: Person, name: str) -> None:
    words = ("--on", "2025-11-01", "--key", "mail-17", "--basis", "minutes 4")
    first = town.row(WRITES[name], *words)
    head = town.head()
    again = town.row(WRITES[name], *words)
    assert first.pop("again") is False
    assert again.pop("again") is True
    if name == "member leave":  # It lists what falls vacant then, which had fallen already.
        first.pop("vacant"), again.pop("vacant")
    assert again == first
    assert town.head() == head
    assert [(row["key"], row["basis"]) for row in town.last()] == [("mail-17", "minutes 4")]


@pytest.mark.parametrize("name", WRITES)
def test_who_decided_and_who_typed_are_both_recorded(town: Person, name: str) -> None:
    line, _me, decider = WRITES[name].rpartition(" --me ")
    result = town.say(line, "--by", decider, "--me", "dag", "--on", "2025-11-01")
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[0] == "on Saturday 2025-11-01"
    assert {(row["actor"], row["recorded_by"]) for row in town.last()} == {(decider, "dag")}


def test_the_words_of_a_command_are_needed_and_nothing_else_is(town: Person) -> None:
    for name, line in WRITES.items():
        code, error = town.error(line.rpartition(" --me ")[0])
        assert (name, code, error["code"]) == (name, 2, "who.unknown")
        assert "config me" in error["hint"]
    assert len(town.rows("log")) == town.head()


def test_a_founding_says_where_and_who_and_cannot_be_rehearsed_nor_repeated(person: Person) -> None:
    assert person.error("init Town --founder eva --dry-run")[1]["code"] == "init.no_rehearsal"
    assert not person.file.exists()
    told = person.row("init Town --founder eva --founder bo --on 2025-01-01")
    assert set(told) == {"ledger", "origin", "root", "founders"}
    assert (told["root"], told["founders"], told["ledger"]) == ("root", ["eva", "bo"], ".tillit/ledger.db")
    assert person.error("init Other --founder eva")[0] == 1
    assert person.rows("who-owns")[0]["title"] == "Town"
    assert person.done("who-owns root --fields code", "--as-of", "2025-01-01") == "code\nroot\n"


FIXED = {
    "who-owns": "responsibility code title holder kind level since until stand_in parent",
    "who-owns --tree": "responsibility code title holder kind level since until stand_in parent",
    "holds bo": "responsibility code level types amount conditions since until review_on delegator",
    "who-can purchase/vehicle": "member as responsibility verdict must_first chain",
    "why {lease}": "step responsibility holder mandate check result",
    "vacant": "responsibility code title vacant_since last_holder cause answers",
    "vacant --within 90d": "responsibility code title holder cause date stand_in",
    "offers": "responsibility code to by readiness_gaps",
    "decisions": "decision date title responsibility by type verdict review_on",
    "decisions --outside": "decision by type amount link dimension limit reason settled_by days_open",
    "decisions --acting": "decision by acting_for",
    "lineage {lease}": "decision date supersedes part why",
    "history norr": "n occurred recorded actor recorded_by event before after reason basis",
    "members": "member kind name since until",
    "log": "position id occurred recorded actor recorded_by event reason basis",
    "register": "code types legal_basis delegate stand_ins amount conditions further report_rule since until basis",
    "register --diff 2025-01-01..2025-12-01": "code change before after when by basis",
    "inbox anna": "kind ref title since by_when",
    "stuck": "proposal waits_for who since decide_by",
    "due": "what ref due days_over whose",
    "agreement {flag}": "member stance version when concern joined_since unanimous review_on",
    "objections": "decision objection by kind state_when_decided",
    "conditions": "decision condition who sought answered when",
    "reports --late": "decision rule due reported days_late to",
    "report-pack anna --meeting 2025-06-01": "number date code matter decision delegate acting case",
    "audience {lease}": "member because told",
    "delegated-by anna": "responsibility holder level last_check_in state support_asked review_on",
    "check-ins --missed": "responsibility holder agreed_every last days_over next_on",
    "support --open": "asked by of what age",
    "load": "member capacity effort_held share responsibilities open_proposals flag",
    "fit norr": "member has lacks level capacity_left holds",
    "single-points": "responsibility holder stand_ins others_with_the_competence",
    "board": "decision_type tell sell consult agree advise inquire delegate holder",
    "trend autonomy": "period mandates mean_level widened narrowed decided_at_level_5_or_higher",
    "mirror anna --me anna": "sign value before how rows",
    "overlaps": "decision_type responsibilities holders",
    "chains": "leaf depth links narrowest_limit widened_at",
    "chains --children": "responsibility from to when allowed_by reported",
    "chains --to-root {lease}": "step responsibility holder by date basis",
    "taken-back --by unit": "unit made called_in overruled referred_up revoked share",
    "feedback balance": "member given received appreciation guidance upward_share days_to_acknowledge",
    "feedback quiet --days 60": "member last_appreciation last_guidance decisions_since",
    "feedback effects": "feedback about acted_on what_changed days",
    "goals --coverage": "goal shared responsibilities holders decisions_90_d confidence",
    "numbers --register KS-2025": "number of assigned by",
    "evidence": "of uri digest_recorded",
    "late --over 7d": "event occurred recorded delay recorded_by",
    "delegations": "delegation to valid_from accepted decisions_before",
}


@pytest.mark.parametrize("line", FIXED)
def test_each_question_answers_with_the_columns_that_were_promised(town: Person, line: str) -> None:
    rows = town.rows(line)
    assert rows
    for row in rows:
        assert set(row) >= set(FIXED[line].split())
        assert list(row) == list(rows[0])


def test_may_i_answers_with_every_column_and_its_exit_code(town: Person) -> None:
    fields = ["verdict", "link", "dimension", "limit", "asked", "nearest", "roads"]
    no = town.say("can bo purchase/vehicle --amount 80000 --json")
    answer = json.loads(no.stdout)
    assert (no.exit_code, list(answer)[:7]) == (1, fields)
    assert [answer[name] for name in fields[:6]] == ["no", "vagn", "amount", "50000", "80000", "anna"]
    assert len(answer["roads"]) == 3
    yes = town.say("can bo purchase/vehicle --amount 50000 --json")
    assert (yes.exit_code, json.loads(yes.stdout)["verdict"]) == (0, "yes")
    assert town.say("can cia purchase/vehicle").exit_code == 0
    assert town.say("can dag purchase/vehicle --in vagn").exit_code == 1
    assert town.say("can bo hire").exit_code == 1
    chosen = town.say("can bo hire --json --fields verdict,kind")
    assert json.loads(chosen.stdout) == {"verdict": "no", "kind": "never granted"}


@pytest.mark.parametrize("line", ASKS)
def test_each_question_has_each_form_and_the_same_rows_in_all(town: Person, line: str) -> None:
    told = {form: town.say(line, "--format", form) for form in FORMATS}
    assert len({result.exit_code for result in told.values()}) == 1
    as_json = json.loads(told["json"].stdout)
    assert town.say(line, "--json").stdout == told["json"].stdout
    if line.startswith("can "):
        assert json.loads(told["jsonl"].stdout) == as_json
        return
    count = len(as_json)
    assert count
    assert [json.loads(each) for each in told["jsonl"].stdout.splitlines()] == as_json
    assert len(list(csv.reader(io.StringIO(told["csv"].stdout)))) == 1 + count
    assert len(told["md"].stdout.splitlines()) == 2 + count
    assert len(told["table"].stdout.splitlines()) == 1 + count
    for form in ("table", "csv", "md"):
        assert told[form].stderr.startswith(f"{count} row")
    for form in ("json", "jsonl"):
        assert told[form].stderr == ""


@pytest.mark.parametrize("line", [line for line in ASKS if not line.startswith("can ")])
def test_each_row_names_the_events_behind_it_when_asked(town: Person, line: str) -> None:
    head = town.head()
    for row in town.rows(line, "--explain"):
        assert isinstance(row["explain"], list), row
        assert all(isinstance(each, int) and 1 <= each <= head for each in row["explain"]), row
    assert "explain" not in town.rows(line)[0]
    assert list(town.rows(line, "--fields", "explain", "--explain")[0]) == ["explain"]


@pytest.mark.parametrize("line", ASKS)
def test_fields_are_chosen_in_the_order_said_and_a_wrong_one_is_told_with_the_right_ones(
    town: Person, line: str
) -> None:
    answer = json.loads(town.say(line, "--json").stdout)
    names = list(answer if isinstance(answer, dict) else answer[0])
    picked = [names[-1], names[0]]
    chosen = json.loads(town.say(line, "--json", "--fields", ",".join(picked)).stdout)
    assert list(chosen if isinstance(chosen, dict) else chosen[0]) == picked
    code, error = town.error(line, "--fields", f"{names[0]}x")
    assert (code, error["code"]) == (2, "fields.unknown")
    assert f"Did you mean {names[0]}?" in error["hint"]
    assert all(name in error["hint"] for name in names)


def test_what_was_true_and_what_was_known_are_asked_apart_and_together(person: Person, clock: Clock) -> None:
    clock.set("2025-03-01T09:00:00Z")
    for line in (
        "init Town --founder eva --on 2025-01-01",
        "member add anna --me eva --on 2025-01-01",
        "member add bo --me eva --on 2025-01-01",
        "define norr --title Norr --me eva --on 2025-01-02",
        "offer norr --to anna --me eva --on 2025-01-03",
        "accept norr --me anna --on 2025-01-04",
    ):
        person.done(line)
    before = person.head()
    clock.set("2025-04-01T09:00:00Z")
    person.done("revoke norr --reason moved --me eva --on 2025-02-01 --effective 2025-02-01")
    person.done("offer norr --to bo --me eva --on 2025-02-02")
    person.done("accept norr --me bo --on 2025-02-03")
    clock.set("2025-05-01T09:00:00Z")

    def holder(*words: str) -> object:
        return person.rows("who-owns norr", *words)[0]["holder"]

    assert holder() == "bo"
    assert holder("--as-of", "2025-01-15") == "anna"
    assert holder("--as-of", "2025-02-02T12:00:00Z") is None
    assert holder("--known-at", str(before)) == "anna"
    assert holder("--known-at", "2025-03-15") == "anna"
    assert holder("--known-at", "2025-03-15T12:00:00+02:00") == "anna"
    assert holder("--as-of", "2025-02-15", "--known-at", str(before)) == "anna"
    assert holder("--as-of", "2025-02-15", "--known-at", "2025-03-31") == "anna"
    assert holder("--as-of", "2025-02-15") == "bo"
    assert holder("--as-of", "2025-01-15", "--known-at", str(before + 1)) == "anna"
    assert person.say("who-owns norr --as-of 2025-02-15", "--known-at", str(before)).stderr == (
        f"1 row, as of Saturday 2025-02-15, known at {before}\n"
    )
    assert person.rows("who-owns norr", "--as-of", "2025-01-01") == []
    assert person.rows("who-owns", "--as-of", "2024-06-01") == []
    assert person.rows("log", "--known-at", "2025-02-01") == []
    assert person.error("who-owns --known-at 999") == (
        3,
        {
            "code": "position.beyond",
            "message": f"There is no position 999; the log ends at {before + 3}.",
            "hint": None,
        },
    )


def test_an_id_may_be_given_by_any_beginning_that_only_it_has(town: Person) -> None:
    lease = town.ids["lease"]
    full = town.rows("why", lease)
    assert town.rows("why", lease[:6]) == full
    norr = town.rows("who-owns norr")[0]["responsibility"]
    assert town.rows("who-owns", norr[:5]) == town.rows("who-owns norr")
    assert town.rows("history", norr[:5]) == town.rows("history norr")
    told = town.row(f"reverse {town.ids['big'][:7]} --reason sold --me bo --on 2025-11-01")
    assert told["decision"] == town.ids["big"]


def test_a_beginning_that_several_have_is_refused_with_all_of_them(town: Person) -> None:
    for line in (
        "why D-",
        "lineage D-",
        "history D-",
        "reverse D- --reason x --me bo",
        "attach D- u --label l --me bo",
    ):
        code, error = town.error(line)
        assert (line, code, error["code"]) == (line, 3, "name.ambiguous")
        decisions = {each for each in town.ids.values() if each.startswith("D-")}
        assert decisions <= set(DECISION.findall(error["message"]))
    for line in ("who-owns R-", "history R-"):
        code, error = town.error(line)
        assert (line, code, error["code"]) == (line, 3, "name.ambiguous")


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("who-owns nor", "norr"),
        ("who-owns vang --tree", "vagn"),
        ("holds ana", "anna"),
        ("delegated-by anan", "anna"),
        ("fit nor", "norr"),
        ("mirror ana --me eva", "anna"),
        ("check-in nor --state blocked --me eva", "norr"),
        ("can ana hire", "anna"),
        ("can anna hire --in nor", "norr"),
        ("decisions --in nor", "norr"),
        ("decisions --by ana", "anna"),
        ("history nor", "norr"),
        ("what-if leaves ana", "anna"),
        ("offer nor --to anna --me eva", "norr"),
        ("offer tom --to ana --me anna", "anna"),
        ("accept budd --me cia", "bud"),
        ("define ny --title Ny --parent nor --me anna", "norr"),
        ("move tom --parent nor --reason x --me anna", "norr"),
        ("member join grupen anna --me eva", "gruppen"),
        ("member leave ana --me eva", "anna"),
        ("stand-in vagn --member ciia --from 2026-01-01 --until 2026-02-01 --reason x --me anna", "cia"),
        ("decide T --in vang --type purchase/vehicle --me bo", "vagn"),
        ("attach nor uri --label l --me bo", "norr"),
        ("annul nor/3 --reason x --me anna", "norr"),
        ("who-owns --me anna --known-at 3 nor", ""),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_the_nearest_ones(town: Person, line: str, near: str) -> None:
    head = town.head()
    code, error = town.error(line)
    assert code == 3, error
    assert not near or f"did you mean {near}?" in (error["hint"] or ""), error
    plain = town.say(line)
    assert (plain.exit_code, plain.stdout) == (3, "")
    assert plain.stderr.startswith("Error: ")
    assert town.head() == head


def test_a_decision_that_nothing_has_is_refused(town: Person) -> None:
    for line in ("why D-zzzz", "lineage D-zzzz", "reverse D-zzzz --reason x --me bo", "decide D-zzzz --me bo"):
        assert town.error(line)[0] == 3, line
    for line in ("why nonsense", "lineage 7"):
        assert town.error(line)[0] == 3, line


@pytest.mark.parametrize(
    "line",
    [
        "holds fia --as-of 2024-01-01",
        "holds eva --as-of 2024-01-01",
        "holds cia --as-of 2025-01-02",
        "delegated-by cia",
        "vacant --as-of 2024-01-01",
        "vacant --within 1d --as-of 2025-05-01",
        "offers --as-of 2025-01-02",
        "gaps",
        "hand-backs",
        "revocations",
        "check-ins --as-of 2025-01-02",
        "support --as-of 2025-01-02",
        "board --as-of 2025-01-02",
        "decisions --as-of 2025-01-02",
        "decisions --by dag",
        "decisions --since 2025-12-01",
        "feedback list --as-of 2025-01-02",
        "feedback balance --as-of 2024-01-01",
        "feedback quiet --as-of 2024-01-01",
        "feedback effects --as-of 2025-01-02",
        "register --as-of 2024-01-01",
        "register --diff 2025-06-01..2025-06-02",
        "what-if leaves bo --as-of 2025-01-03",
        "log --since 500",
        "who-can hire --as-of 2024-01-01",
        "who-owns --as-of 2024-01-01",
    ],
)
def test_nothing_found_is_one_sentence_on_stderr_and_no_error(town: Person, line: str) -> None:
    if line.startswith("holds fia"):
        town.done("member add fia --me eva")
    result = town.say(line)
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert result.stderr.count("\n") == 1
    assert town.say(line, "--json").stdout == "[]\n"
    for form in ("jsonl", "csv", "md"):
        assert town.say(line, "--format", form).stdout == ""


def test_a_decision_needs_no_place_and_type_where_there_is_only_one(town: Person) -> None:
    line = "decide 'Two tyres' --amount 800 --because flat --on 2025-11-01"
    assert town.row(f"{line} --type purchase/vehicle --me bo")["verdict"] == "inside"
    # Her mandate has two types, of which one is a pattern: nothing is certain. What he holds decides one type only.
    code, error = town.error(f"{line} --me anna")
    assert (code, error["code"]) == (2, "decide.type")
    assert town.row(f"{line.replace('Two', 'Three')} --me bo")["verdict"] == "inside"
    town.done("change-mandate vagn --types purchase/vehicle --reason clear --me anna --on 2025-10-01")
    other = line.replace("Two", "Four")
    assert town.row(f"{other} --chose a --option a --option b --me bo")["verdict"] == "inside"
    code, error = town.error(f"{line} --type hire --me eva --by gruppen")
    assert (code, error["code"]) == (2, "decide.where")
    town.done("accept bud --me cia --on 2025-11-01")
    assert town.error("decide 'Two tyres' --type hire --me dag --in norr --on 2025-11-01")[0] == 1


def test_an_open_matter_takes_the_choice_and_nothing_else(town: Person) -> None:
    third = town.ids["third"]
    for more in (("--type", "hire"), ("--amount", "5"), ("--option", "a"), ("--affected", "dag"), ("--one-way",)):
        code, error = town.error(f"decide {third} --because x --me anna", *more)
        assert (code, error["code"]) == (2, "decide.matter_is_open"), more
    told = town.row(f"decide {third[:6]} --because winter --me anna --on 2025-11-01")
    assert (told["decision"], told["verdict"]) == (third, "inside")
    assert town.error(f"decide {third} --because again --me anna")[0] == 1


def test_a_line_added_to_the_register_is_of_when_it_was_defined(town: Person) -> None:
    town.done("clarify tom --title Full --me anna --on 2025-02-01")
    town.done("retire tom --reason done --me anna --on 2025-11-01")
    added = [row for row in town.rows("register --diff 2025-01-01..2025-10-01") if row["code"] == "tom"]
    assert [(row["change"], row["when"][:10]) for row in added] == [("added", "2025-01-14")]


def test_a_changed_line_of_the_register_is_of_whoever_changed_it(town: Person) -> None:
    town.done("change-mandate vagn --amount 40000 --reason budget --me anna --on 2025-10-20")
    town.done("renew norr --review-on 2027-01-01 --agreed-by anna --me eva --on 2025-11-01")
    rows = [row for row in town.rows("register --diff 2025-10-01..2025-11-30") if row["code"] == "vagn"]
    assert [(row["change"], row["by"], row["when"][:10]) for row in rows] == [("amount", "anna", "2025-10-20")]


def test_a_removed_line_of_the_register_is_of_when_it_was_retired(town: Person) -> None:
    town.done("retire tom --reason done --me anna --on 2025-11-01")
    rows = [row for row in town.rows("register --diff 2025-10-01..2025-11-30") if row["code"] == "tom"]
    assert [(row["change"], row["when"][:10], row["by"]) for row in rows] == [("removed", "2025-11-01", "anna")]


def test_under_the_profile_of_a_town_hall_nothing_is_overruled_nor_ratified(person: Person) -> None:
    person.done("init Kommunen --founder styrelsen --profile kommunal --on 2025-01-01")
    person.done("member add chef --me styrelsen --on 2025-01-01")
    person.done("define vagn --title Vagn --me styrelsen --on 2025-01-02")
    person.done("offer vagn --to chef --amount 1000 --me styrelsen --on 2025-01-03")
    person.done("accept vagn --me chef --on 2025-01-04")
    person.done(
        "big: decide Van --in vagn --type hire --amount 2000 --outside-mandate --reason x --me chef --on 2025-02-01"
    )
    assert person.error("ratify {big} --reason x --me styrelsen")[1]["code"] == "profile.no_ratifying"
    assert person.error("overrule {big} --reason x --me styrelsen")[1]["code"] == "profile.no_overruling"


def test_stats_count_what_there_is(town: Person) -> None:
    facts = town.row("stats")
    assert facts["events"] == town.head()
    assert (facts["decisions"], facts["members"], facts["offered"]) == (4, 6, 1)
    lines = dict(line.split("\t") for line in town.done("stats").splitlines())
    assert set(lines) == set(facts)
    assert lines["events"] == str(facts["events"])
    assert lines["last_recorded_at"] == facts["last_recorded_at"]


def test_the_schemas_are_json_schemas_of_every_command_and_event(person: Person) -> None:
    for of in ("events", "commands"):
        schema = json.loads(person.done(f"schema {of}"))
        assert "json-schema.org" in schema["$schema"]
    assert json.loads(person.done("schema")) == json.loads(person.done("schema events"))


def test_a_shell_gets_its_script(person: Person) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_TILLIT_COMPLETE" in person.done(f"completion {shell}")


def test_the_settings_say_who_and_which_ledger_and_why(town: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert town.row("config")["me"] is None
    town.done("config me anna")
    told = town.row("config")
    assert (told["me"], told["me_from"], told["ledger_from"]) == ("anna", "config", "nearest")
    town.done("define ny --title Ny --parent norr --on 2025-11-01")
    assert [row["actor"] for row in town.last()] == ["anna"]
    monkeypatch.setenv("TILLIT_ME", "eva")
    monkeypatch.setenv("TILLIT_LEDGER", str(town.folder))
    told = town.row("config")
    assert (told["me"], told["me_from"], told["ledger_from"]) == ("eva", "TILLIT_ME", "TILLIT_LEDGER")
    assert town.row("config --me bo")["me_from"] == "--me"
    assert town.error("config me 'Not A Handle'")[1]["code"] == "who.malformed"
    assert town.row("config me gruppen:chef", "--me", "eva")["me"] == "gruppen:chef"


def test_the_demo_tells_its_year_with_real_commands(person: Person) -> None:
    result = person.say("demo year")
    assert result.exit_code == 0, result.output
    said = [line for line in result.stdout.splitlines() if line.startswith("$ tillit ")]
    assert len(said) > 20
    assert (person.folder / "year" / ".tillit" / "ledger.db").is_file()
    assert person.row("verify", "--ledger", str(person.folder / "year"))["verdict"] == "whole"
    assert person.error("demo year")[1]["code"] == "demo.not_empty"
    assert not person.file.exists()


def test_a_journal_of_the_same_year_gives_the_same_answers(town: Person) -> None:
    (town.folder / "more.jsonl").write_text(
        '{"do": "member add", "by": "eva", "on": "2025-11-01", "handle": "fia"}\n'
        '{"do": "offer", "by": "anna", "on": "2025-11-02T09:00:00+01:00", "code": "tom", "to": "fia"}\n'
    )
    assert town.row("import journal more.jsonl --me cia")["recorded"] == 2
    assert [(row["actor"], row["recorded_by"]) for row in town.last(2)] == [("eva", "cia"), ("anna", "cia")]
    assert {row["code"] for row in town.rows("offers")} == {"tom", "bud"}


def test_the_ledger_is_found_upward_by_folder_file_or_address(town: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = town.folder / "a" / "b"
    deep.mkdir(parents=True)
    expected = town.rows("who-owns")
    monkeypatch.chdir(deep)
    assert town.rows("who-owns") == expected
    monkeypatch.chdir("/")
    for place in (town.folder, town.folder / ".tillit", town.file, f"sqlite:///{town.file}"):
        assert town.rows("who-owns", "--ledger", str(place)) == expected
    code, error = town.error("who-owns", "--ledger", str(town.folder / "nowhere"))
    assert (code, error["hint"]) == (3, "tillit init NAME --founder HANDLE")
    assert town.error("who-owns")[0] == 3


def test_long_texts_come_from_standard_input(town: Person) -> None:
    words = town.words(
        "decide 'Two tyres' --type purchase/vehicle --amount 800 --because - --me bo --on 2025-11-01 --json"
    )
    told = json.loads(town.say_words(words, stdin="Flat.\nBoth of them.\n").stdout)
    made = [row for row in town.rows("history", told["decision"]) if row["event"] == "decision.made.v1"]
    assert made[0]["data"]["rationale"] == "Flat.\nBoth of them."
    code, error = town.error("decide T --because - --question - --me bo")
    assert (code, error["code"]) == (2, "text.taken")
