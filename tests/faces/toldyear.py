"""A team's year: each command as it is typed, and below it all that it answers on stdout."""

from __future__ import annotations

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
