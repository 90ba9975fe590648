"""What commands there are: the name, the place and the one line of each, known without importing any of them."""

from __future__ import annotations

from typing import Final, NamedTuple

from cli.words import later


class Section(NamedTuple):
    title: str
    example: str


HAND_OVER: Final = Section(later("Record who answers for what"), "tillit offer norr --to anna --level 5")
DECIDE: Final = Section(later("Record decisions"), "tillit decide 'Two tyres' --in vagn --type purchase/vehicle")
GO_ON: Final = Section(later("Record how it goes"), "tillit check-in norr --state going-well")
MARK: Final = Section(later("Record notes and corrections"), "tillit attach D-7k3q2 minutes.pdf --label Minutes")
ASK: Final = Section(later("Ask"), "tillit can bo purchase/vehicle --amount 80000")
AUDIT: Final = Section(later("Audit"), "tillit register --as-of 2025-06-30")
KEEP: Final = Section(later("Keep"), "tillit init 'Norra skolan' --founder eva")
RECORD: Final = (HAND_OVER, DECIDE, GO_ON, MARK)
SECTIONS: Final = (*RECORD, ASK, AUDIT, KEEP)


class Row(NamedTuple):
    """One command. `name` has a space per level (`member add`); a row without `target` is a group of those below.

    A group has the `example` of its help here, every other command beside its words.
    """

    name: str
    target: str
    section: Section
    help: str
    example: str = ""

    @property
    def within(self) -> str:
        return self.name.rpartition(" ")[0]

    @property
    def word(self) -> str:
        return self.name.rpartition(" ")[2]


TABLE: Final = (
    Row(
        "member",
        "",
        HAND_OVER,
        later("Who takes part: people and groups."),
        "tillit member add anna --name 'Anna Berg'",
    ),
    Row("member add", "cli.members:add", HAND_OVER, later("Enter a person or a group.")),
    Row("member join", "cli.members:join", HAND_OVER, later("Let a member into a group.")),
    Row("member part", "cli.members:part", HAND_OVER, later("Let a member go out of a group.")),
    Row("member rename", "cli.members:rename", HAND_OVER, later("Change the name that is shown.")),
    Row("member leave", "cli.members:leave", HAND_OVER, later("A member leaves the organisation.")),
    Row("member return", "cli.members:return_", HAND_OVER, later("A member who left comes back.")),
    Row("define", "cli.responsibilities:define", HAND_OVER, later("Define a responsibility.")),
    Row("clarify", "cli.responsibilities:clarify", HAND_OVER, later("Say anew what a responsibility is.")),
    Row("move", "cli.responsibilities:move", HAND_OVER, later("Put a responsibility under another.")),
    Row("retire", "cli.responsibilities:retire", HAND_OVER, later("End a responsibility that nobody holds.")),
    Row("offer", "cli.delegations:offer", HAND_OVER, later("Offer a responsibility to a member.")),
    Row("accept", "cli.delegations:accept", HAND_OVER, later("Take on what was offered to you.")),
    Row("decline", "cli.delegations:decline", HAND_OVER, later("Say no to an offer, or to a proposal.")),
    Row("withdraw-offer", "cli.delegations:withdraw_offer", HAND_OVER, later("Take an offer back before its answer.")),
    Row("complete", "cli.delegations:complete", HAND_OVER, later("Say that the task is done.")),
    Row("hand-back", "cli.delegations:hand_back", HAND_OVER, later("Give a responsibility back.")),
    Row("revoke", "cli.delegations:revoke", HAND_OVER, later("Take a responsibility back.")),
    Row("renew", "cli.delegations:renew", HAND_OVER, later("Let a mandate go on.")),
    Row("change-mandate", "cli.delegations:change_mandate", HAND_OVER, later("Widen or narrow a mandate.")),
    Row("stand-in", "cli.delegations:stand_in", HAND_OVER, later("Name who acts while the holder is away.")),
    Row("end-stand-in", "cli.delegations:end_stand_in", HAND_OVER, later("End a stand-in before its time.")),
    Row("away", "cli.members:away", HAND_OVER, later("Say when you are away.")),
    Row("capacity", "cli.members:capacity", HAND_OVER, later("Say what you have to give.")),
    Row("competence", "cli.members:competence", HAND_OVER, later("Say what you can.")),
    Row("confirm", "cli.members:confirm", HAND_OVER, later("Confirm what somebody else can.")),
    Row("withdraw-competence", "cli.members:withdraw_competence", HAND_OVER, later("Take a competence back.")),
    Row("decide", "cli.deciding:decide", DECIDE, later("Make a decision.")),
    Row("propose", "cli.proposing:propose", DECIDE, later("Open a matter, for advice, consent or consensus.")),
    Row("amend", "cli.proposing:amend", DECIDE, later("Change what is proposed.")),
    Row("ask-advice", "cli.hearing:ask_advice", DECIDE, later("Ask for advice on a matter.")),
    Row("advise", "cli.hearing:advise", DECIDE, later("Give the advice that you were asked for.")),
    Row("concern", "cli.hearing:concern", DECIDE, later("Note a worry that stops nothing.")),
    Row("object", "cli.hearing:object_", DECIDE, later("Raise an objection, which must be resolved.")),
    Row("resolve", "cli.hearing:resolve", DECIDE, later("Say how an objection was met.")),
    Row("consent", "cli.hearing:consent", DECIDE, later("Consent to a proposal as it reads.")),
    Row("stand-aside", "cli.hearing:stand_aside", DECIDE, later("Neither consent nor object.")),
    Row("withdraw", "cli.proposing:withdraw", DECIDE, later("Take back what you proposed.")),
    Row("refer-up", "cli.deciding:refer_up", DECIDE, later("Ask the level above to decide.")),
    Row("call-in", "cli.deciding:call_in", DECIDE, later("Take an open matter from below.")),
    Row(
        "declare-conflict",
        "cli.deciding:declare_conflict",
        DECIDE,
        later("Stay out of a matter, for a conflict of interest."),
    ),
    Row("reverse", "cli.deciding:reverse", DECIDE, later("Undo a decision of your own responsibility.")),
    Row("overrule", "cli.deciding:overrule", DECIDE, later("Undo a decision from above.")),
    Row("ratify", "cli.deciding:ratify", DECIDE, later("Take a decision made outside mandate inside.")),
    Row("report", "cli.afterwards:report", DECIDE, later("Say that a decision was reported.")),
    Row("note-report", "cli.afterwards:note_report", DECIDE, later("Say that you have seen a report.")),
    Row("review", "cli.afterwards:review", DECIDE, later("Look at what came of a decision.")),
    Row("check-in", "cli.care:check_in", GO_ON, later("Record a talk about how it goes.")),
    Row("ask-support", "cli.care:ask_support", GO_ON, later("Ask for help with what you hold.")),
    Row("give-support", "cli.care:give_support", GO_ON, later("Say what help you gave.")),
    Row("review-delegation", "cli.care:review_delegation", GO_ON, later("Look together at how it is delegated.")),
    Row("goal", "", GO_ON, later("What we want to reach together."), "tillit goal set 'No queue at the depot'"),
    Row("goal set", "cli.goals:set_", GO_ON, later("Set a goal.")),
    Row("goal reword", "cli.goals:reword", GO_ON, later("Put a goal in other words.")),
    Row("goal move", "cli.goals:move", GO_ON, later("Let a goal be part of another.")),
    Row("goal note", "cli.goals:note", GO_ON, later("Say how sure you are of a goal.")),
    Row("goal reach", "cli.goals:reach", GO_ON, later("Say that a goal is reached.")),
    Row("goal drop", "cli.goals:drop", GO_ON, later("Aim at a goal no longer.")),
    Row(
        "feedback",
        "",
        GO_ON,
        later("What we say to each other about the work."),
        "tillit feedback give bo 'You asked us all first' --about D-7k3q2 --kind appreciation",
    ),
    Row("feedback ask", "cli.feedback:ask", GO_ON, later("Ask somebody what they think.")),
    Row("feedback give", "cli.feedback:give", GO_ON, later("Say what was good, or what you wish were otherwise.")),
    Row("feedback acknowledge", "cli.feedback:acknowledge", GO_ON, later("Say that you have read it.")),
    Row("feedback reply", "cli.feedback:reply", GO_ON, later("Answer what was said to you.")),
    Row("feedback act", "cli.feedback:act", GO_ON, later("Say what came of it.")),
    Row("feedback share", "cli.feedback:share", GO_ON, later("Let more people read what was said to you.")),
    Row("feedback retract", "cli.feedback:retract", GO_ON, later("Take back what you said.")),
    Row("feedback erase", "cli.feedback:erase", GO_ON, later("Erase the words for good.")),
    Row("feedback show", "cli.feedbacks:show", ASK, later("One feedback, and what followed.")),
    Row("feedback list", "cli.feedbacks:list_", ASK, later("What was said to whom about what.")),
    Row("feedback balance", "cli.feedbacks:balance", ASK, later("Is feedback given, both ways?")),
    Row("feedback quiet", "cli.feedbacks:quiet", ASK, later("Whose work has no one appreciated lately?")),
    Row("feedback effects", "cli.feedbacks:effects", ASK, later("What guidance led to a change.")),
    Row("number", "cli.numbers:number", MARK, later("Give a decision its official number.")),
    Row("tag", "cli.numbers:tag", MARK, later("Give something words to find it by.")),
    Row("attach", "cli.housekeeping:attach", MARK, later("Link evidence to something.")),
    Row("note", "cli.forgetting:note", MARK, later("Note something that changes nothing.")),
    Row("erase", "cli.forgetting:erase", MARK, later("Erase names, notes and words for good.")),
    Row("correct", "cli.housekeeping:correct", MARK, later("Correct what was recorded wrongly.")),
    Row("annul", "cli.housekeeping:annul", MARK, later("Annul what was recorded by mistake.")),
    Row("audit", "cli.auditing:audit", MARK, later("Ask, and record that it was asked.")),
    Row("who-owns", "cli.owners:who_owns", ASK, later("Who owns what.")),
    Row("holds", "cli.owners:holds", ASK, later("What a member holds, and on what terms.")),
    Row("can", "cli.authority:can", ASK, later("May this member decide this?")),
    Row("who-can", "cli.authority:who_can", ASK, later("Who could decide this?")),
    Row("inbox", "cli.promises:inbox", ASK, later("What waits for a member.")),
    Row("due", "cli.promises:due", ASK, later("Every promise with a day to it.")),
    Row("stuck", "cli.promises:stuck", ASK, later("What each open matter waits for, and on whom.")),
    Row("offers", "cli.owners:offers", ASK, later("Which offers wait for an answer.")),
    Row("vacant", "cli.owners:vacant", ASK, later("What has no holder, or soon will have none.")),
    Row("decisions", "cli.decisions:decisions", ASK, later("What has been decided.")),
    Row("members", "cli.forgetting:members", ASK, later("Who takes part, by what name.")),
    Row("goals", "cli.goals:goals", ASK, later("What we want to reach, and who works toward it.")),
    Row("delegated-by", "cli.owners:delegated_by", ASK, later("What a member has delegated.")),
    Row("check-ins", "cli.care:check_ins", ASK, later("Which check-ins were promised, and missed.")),
    Row("support", "cli.care:support", ASK, later("Who has asked for support, and waits.")),
    Row("reviews", "cli.promises:reviews", ASK, later("Which decisions need their outcome told.")),
    Row("trials", "cli.promises:trials", ASK, later("What we are trying right now.")),
    Row("agreement", "cli.roads:agreement", ASK, later("Who stands behind a decision.")),
    Row("involvement", "cli.roads:involvement", ASK, later("Were those affected asked before?")),
    Row("audience", "cli.roads:audience", ASK, later("Who is to hear of a decision.")),
    Row("learned", "cli.roads:learned", ASK, later("What we have learnt.")),
    Row("what-if", "", ASK, later("What would be so if."), "tillit what-if leaves anna --on 2027-03-01"),
    Row("what-if leaves", "cli.owners:leaves", ASK, later("What happens if a member leaves.")),
    Row("board", "cli.room:board", ASK, later("At which level each decision type is delegated.")),
    Row("load", "cli.room:load", ASK, later("Who carries how much, by name.")),
    Row("fit", "cli.room:fit", ASK, later("Who could grow into a responsibility.")),
    Row("single-points", "cli.room:single_points", ASK, later("What hangs on one person.")),
    Row("overlaps", "cli.room:overlaps", ASK, later("Where mandates overlap.")),
    Row("gaps", "cli.room:gaps", ASK, later("What nobody may decide where it belongs.")),
    Row("hand-backs", "cli.taken:hand_backs", ASK, later("What was handed back, and why.")),
    Row("trend", "", ASK, later("What changes over time."), "tillit trend autonomy --by quarter"),
    Row("trend autonomy", "cli.room:autonomy", ASK, later("Is the room to act growing?")),
    Row("mirror", "cli.taken:mirror", ASK, later("A leader's own signs of trust and of taking back.")),
    Row("why", "cli.authority:why", AUDIT, later("Why a decision was theirs to make.")),
    Row("lineage", "cli.decisions:lineage", AUDIT, later("What a decision took over from, and what from it.")),
    Row("history", "cli.history:history", AUDIT, later("What happened to something, step by step.")),
    Row("log", "cli.history:log", AUDIT, later("Everything recorded, in order.")),
    Row("follow", "cli.follow:follow", AUDIT, later("Each entry as it is recorded, for other programs.")),
    Row("register", "cli.register:register", AUDIT, later("The register of delegations, on a day or between two.")),
    Row("delegations", "cli.findings:delegations", AUDIT, later("Every delegation, and when it was taken on.")),
    Row("split-check", "cli.findings:split_check", AUDIT, later("Were purchases split to stay under a limit?")),
    Row("late", "cli.findings:late", AUDIT, later("What was written down long after it happened.")),
    Row("recorded-for", "cli.findings:recorded_for", AUDIT, later("Who writes down what others decided.")),
    Row("corrections", "cli.findings:corrections", AUDIT, later("What was corrected or annulled.")),
    Row("consensus", "cli.roads:consensus", AUDIT, later("Was consensus really of all?")),
    Row("objections", "cli.roads:objections", AUDIT, later("What was objected, and how it was met.")),
    Row("conflicts", "cli.roads:conflicts", AUDIT, later("Did anyone with a conflict of interest act?")),
    Row("conditions", "cli.roads:conditions", AUDIT, later("Were the conditions of the mandates met?")),
    Row("reports", "cli.roads:reports", AUDIT, later("What had to be reported, and was it in time?")),
    Row("report-pack", "cli.roads:report_pack", AUDIT, later("The list of decisions for a body's meeting.")),
    Row("numbers", "cli.numbers:numbers", AUDIT, later("Are the official numbers whole?")),
    Row("evidence", "cli.evidence:evidence", AUDIT, later("What evidence there is, and is it what it was?")),
    Row(
        "sample", "", AUDIT, later("Draw a sample that can be drawn again."), "tillit sample decisions --n 25 --seed 7"
    ),
    Row("sample decisions", "cli.sampling:decisions", AUDIT, later("Decisions drawn by lot.")),
    Row("audits", "cli.auditing:audits", AUDIT, later("What was asked before, and if it still answers so.")),
    Row("chains", "cli.room:chains", AUDIT, later("How deep chains go, and what was delegated further.")),
    Row("taken-back", "cli.taken:taken_back", AUDIT, later("How often the level above takes things back.")),
    Row("revocations", "cli.taken:revocations", AUDIT, later("What was revoked, why, and after what talk.")),
    Row("erasures", "cli.forgetting:erasures", AUDIT, later("What was erased, and on what ground.")),
    Row("verify", "cli.proof:verify", AUDIT, later("Is the ledger whole?")),
    Row("checkpoint", "cli.proof:checkpoint", AUDIT, later("Three lines that fix all that was recorded so far.")),
    Row("export", "", AUDIT, later("Hand the record out."), "tillit export tlog tlog-2025"),
    Row("export case", "cli.exports:case", AUDIT, later("An answer, with the entries behind it, proved.")),
    Row("export tlog", "cli.exports:tlog", AUDIT, later("The whole log as tiles that any reader of logs takes.")),
    Row("prove", "cli.proof:prove", AUDIT, later("The proof that an entry is in the log.")),
    Row("verify-proof", "cli.proof:verify_proof", AUDIT, later("Does a proof hold? Needs no ledger.")),
    Row("witness", "", AUDIT, later("Be a witness of other ledgers."), "tillit witness key show"),
    Row("witness serve", "cli.witness:serve", AUDIT, later("Cosign what only grew, for whoever asks.")),
    Row("witness key", "", AUDIT, later("The key of the witness here."), "tillit witness key show"),
    Row("witness key create", "cli.witness:create", AUDIT, later("Make the key of a witness.")),
    Row("witness key show", "cli.witness:show", AUDIT, later("The public key of the witness.")),
    Row("init", "cli.founding:init", KEEP, later("Found a ledger here.")),
    Row("import", "", KEEP, later("Take a record in."), "tillit import journal 2026.jsonl"),
    Row("import journal", "cli.journal:journal", KEEP, later("Carry out a file of commands, one a line.")),
    Row("key", "", KEEP, later("The key that signs for a ledger here."), "tillit key show"),
    Row("key create", "cli.keys:create", KEEP, later("Make the key that signs for this ledger.")),
    Row("key show", "cli.keys:show", KEEP, later("The public keys that signed for this ledger here.")),
    Row("key rotate", "cli.keys:rotate", KEEP, later("Sign with a new key from now on.")),
    Row("backup", "cli.restoring:backup", KEEP, later("A whole copy of the record, verified.")),
    Row("copy", "cli.copying:copy", KEEP, later("Carry a ledger to another place.")),
    Row("continue", "cli.restoring:continue_", KEEP, later("Go on with a ledger whose end is lost.")),
    Row("project", "cli.upkeep:project", KEEP, later("Bring the views up to the record, and keep them there.")),
    Row("rebuild", "cli.upkeep:rebuild", KEEP, later("Work out every answer anew from the record.")),
    Row("stats", "cli.stats:stats", KEEP, later("How much there is, and what to watch.")),
    Row("schema", "cli.upkeep:schema", KEEP, later("The JSON Schema of events or commands.")),
    Row("config", "cli.config:config", KEEP, later("Who you are, and what else is set here.")),
    Row("completion", "cli.completion:completion", KEEP, later("The script that lets your shell complete tillit.")),
    Row("demo", "cli.demo:demo", KEEP, later("A small organisation's year, step by step.")),
)
