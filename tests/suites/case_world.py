"""Two agencies of their own, for whom the product and the model of what ought to be are played side by side."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from datetime import date, datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import func, select

from handlers.cases import commands as work_on
from handlers.cases.applicant import file_destruction_proof, resubmit, withdraw
from handlers.cases.effects import StepRefusedError
from handlers.cases.guards import Decision
from handlers.cases.model import Actor, DecisionOutcome, Role
from handlers.cases.queries import case_file
from handlers.dispatch import CommandDispatcher, EventDispatcher
from handlers.messages import (
    SCHEMA,
    AcceptedCommand,
    AcknowledgeNotices,
    FileDestructionProof,
    NoticeDue,
    RequestContext,
    Resubmit,
    SubmitAppeal,
    SubmitRegistration,
    WithdrawCase,
    encode,
)
from handlers.notices.commands import acknowledge_notices, add_notice
from handlers.parties.changes import change_standing
from handlers.parties.model import Act, Agency, Certificate, PartyKind, Representative
from handlers.parties.standing import StandingStep
from handlers.queue_names import REGISTRATION
from handlers.receipts.queries import get_status
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.registration.entries import amend, get_entry
from handlers.registration.model import (
    AppealApplication,
    AppealKind,
    Confirmation,
    ConfirmationMethod,
    Defect,
    DestructionProof,
    LifeCycleStatus,
    Register,
    RegistrationApplication,
    Trigger,
    Withdrawal,
)
from handlers.store import directory, notices
from handlers.store.outbox import SqlOutbox
from handlers.store.tables_registers import (
    case_difference,
    case_finding,
    case_statement,
    case_step,
    claim,
    entry_version,
    number_series,
    register_case,
)
from handlers.work import Work
from queues.message import Message
from tests.suites.case_audit import Ledger
from tests.suites.case_model import SURELY_OVER, Asked, Model, ModelCase, ModelEntry, Person
from tests.unit.handlers.registration.examples import NOW, PERSONAL, RESOURCE

HANDLERS = {
    SubmitRegistration: submit_registration,
    SubmitAppeal: submit_appeal,
    Resubmit: resubmit,
    WithdrawCase: withdraw,
    FileDestructionProof: file_destruction_proof,
    AcknowledgeNotices: acknowledge_notices,
}
STAFF = (
    Actor(role=Role.REGISTRAR, name="aysel"),
    Actor(role=Role.REGISTRAR, name="kamran"),
    Actor(role=Role.SUPERVISOR, name="leyla"),
    Actor(role=Role.SUPERVISOR, name="aysel"),
)
NAMES = (("ƏDR", " ədr  "), ("VERGİ", "Vergi"), ("Kadastr", "KADASTR"), ("ISIQ", "ısıq"), ("e-Qeyd", "E-QEYD"))
"""Short names, each in two spellings that make no other name."""
DEFECT = Defect(path="/resourceCard/purpose", rule="clerk", text_az="Məqsəd aydın deyil.", text_en="Unclear purpose.")
UNKNOWN = "2026/IR-999999"
_TOUCHED = (register_case, case_step, case_statement, case_finding, case_difference, entry_version, claim)
_HOW_MUCH = select(
    select(func.sum(number_series.c.last)).scalar_subquery(),
    *(select(func.count()).select_from(table).scalar_subquery() for table in _TOUCHED),
)
_HOW = [column for column in register_case.c if column.name not in ("application", "signed_file")]
_serials = itertools.count(1)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def entering(work, entry, case) -> str:
    """Stands in for the extract, which is proven elsewhere."""
    return f"E-{case.number}"


def message(command: AcceptedCommand) -> Message:
    return Message(
        message_id=command.tracking_id,
        queue=REGISTRATION.name,
        type=type(command.command).__name__,
        schema=SCHEMA,
        body=encode(command),
        created_at=NOW,
    )


def deliver(store, now: datetime = NOW) -> int:
    """Write every notice that is due, as the relay and the worker do; how many there were."""
    outbox, written = SqlOutbox(store), 0
    dispatch = EventDispatcher(store, {NoticeDue: add_notice}, lambda: now)
    while messages := outbox.claim(200, now):
        for each in messages:
            dispatch(each)
        outbox.mark_sent([each.message_id for each in messages], now)
        written += len(messages)
    return written


class World:
    """Two agencies and their people; everything done to both the product and the model, and compared."""

    def __init__(self, store, ledger: Ledger | None = None, serial: str | None = None) -> None:
        self.store = store
        self.ledger = ledger or Ledger(store)
        self.model = Model()
        self.now = NOW
        self.serial = serial or f"{next(_serials):05d}"
        """Five digits that tell these agencies and people from others on the same store."""
        self.agencies = [f"SAHİB{self.serial}", f"QURUM{self.serial}"]
        self.people = self._enrol()
        self.counts: Counter[str] = Counter()
        self.sent: list[AcceptedCommand] = []
        self.looked: list[tuple] = []
        self.log: list[str] = []
        """What was done, for whoever looks for the reason of a failure."""
        self.dispatch = CommandDispatcher(store, HANDLERS, lambda: self.now)
        self._next = itertools.count(1)

    def _enrol(self) -> list[Person]:
        people = []
        with self.store.writing() as connection:
            for place, code in enumerate(self.agencies):
                tax = f"{place + 1}{self.serial}"
                directory.add_agency(connection, Agency(code=code, name_az=code, name_en=code, tax_id=tax))
            for place in range(5):
                own = self.agencies[1 if place == 4 else 0]
                person = Person(
                    fin=f"{place + 1}{_LETTERS[place]}{self.serial}",
                    agency=own,
                    fingerprint=None if place == 2 else hashlib.sha256(f"{self.serial}/{place}".encode()).hexdigest(),
                    until=date(2026, 5, 31) if place == 3 else date(2027, 12, 31),
                    password=place == 2,
                )
                directory.add_representative(connection, _representative(person))
                people.append(person)
        return people

    # Time and looking -------------------------------------------------------------------------

    def tick(self, minutes: int = 1) -> None:
        self.now += timedelta(minutes=minutes)

    def cases(self) -> list[ModelCase]:
        return list(self.model.cases.values())

    def entries(self) -> list[ModelEntry]:
        return list(self.model.entries.values())

    def look(self, entry: ModelEntry, days: int) -> None:
        """Ask what the register knows at this moment, to be asked again at the end."""
        self.tick()
        as_of = self.now - timedelta(days=days)
        self.looked.append((entry, as_of, self.now, self._as_known(entry, as_of, self.now)))
        self.tick()

    def _as_known(self, entry: ModelEntry, as_of: datetime, known: datetime):
        with self.store.reading() as connection:
            found = get_entry(connection, entry.number, as_of=as_of, as_known_at=known)
        return found and (found.version, found.status, found.owner, found.recorded_at)

    # Applicants -------------------------------------------------------------------------------

    def confirmed(self, content, person: Person, reused: Confirmation | None = None) -> Confirmation:
        if reused is not None:
            return replace(reused, representative=person.fin)
        if person.password:
            return Confirmation(method=ConfirmationMethod.PASSWORD, representative=person.fin, confirmed_at=self.now)
        file = f"{self.serial}/{next(self._next)}/{content}".encode()
        return Confirmation(
            method=ConfirmationMethod.XADES,
            representative=person.fin,
            confirmed_at=self.now,
            certificate_fingerprint=person.fingerprint,
            signed_file=file,
            signed_file_digest=hashlib.sha256(file).hexdigest(),
            signature_level="B-B",
        )

    def accepted(self, agency: str, command) -> AcceptedCommand:
        tracking = f"T-{self.serial}-{next(self._next)}"
        return AcceptedCommand(
            tracking_id=tracking,
            agency=agency,
            system=f"{agency}-1",
            operation=f"registration.{type(command).__name__}",
            context=RequestContext(request_id=f"request of {tracking}"),
            digest="00" * 32,
            received_at=self.now,
            receipt=b"receipt",
            received=b"received",
            command=command,
        )

    def send(self, agency: str, command, against: set[str]) -> str | None:
        """Send a command that is refused on one of the grounds `against` it, or applied: then its subject."""
        self.tick()
        command = self.accepted(agency, command)
        self.log.append(f"{self.now:%d.%m %H:%M} {type(command.command).__name__} by {agency}: {against or 'legal'}")
        before = self._standing() if against else None
        self.dispatch(message(command))
        self.sent.append(command)
        with self.store.reading() as connection:
            status = get_status(connection, agency, command.tracking_id)
        told = None if status.ground is None else status.ground
        self._judge(type(command.command).__name__, told, against, before)
        return None if told else status.subject

    def send_again(self, place: int) -> None:
        """A command that is delivered once more changes nothing."""
        if self.sent:
            before = self._standing()
            self.dispatch(message(self.sent[place % len(self.sent)]))
            assert self._standing() == before
            self.counts["repeated"] += 1

    def _judge(self, what: str, told, against: set[str], before) -> None:
        self.counts["steps"] += 1
        self.counts["illegal" if against else "legal"] += 1
        if not against:
            assert told is None, f"{what} is legal and was refused: {told.code} {told.text_en}"
            return
        assert told is not None, f"{what} was made against {against}"
        assert told.code in against, f"{what}: {told.code} is told, {against} stands against it"
        assert told.text_az.strip(), told.code
        assert told.text_en.strip(), told.code
        assert self._standing() == before, f"{what} was refused and changed something"
        self.counts[f"ground {told.code}"] += 1

    def _standing(self):
        """How much there is of everything, what was drawn, and where the cases here stand."""
        with self.store.reading() as connection:
            counts = connection.execute(_HOW_MUCH).one()
            cases = connection.execute(
                select(*_HOW).where(register_case.c.applicant.in_(self.agencies)).order_by(register_case.c.number)
            )
            return tuple(counts), cases.all()

    def submit(self, agency: str, asked: Asked, person: Person, reused: Confirmation | None = None) -> ModelCase | None:
        application = self.application(asked, agency, person)
        confirmation = self.confirmed(application, person, reused)
        command_type = SubmitRegistration if asked.kind == "REGISTRATION" else SubmitAppeal
        may = person.may_act(agency, self.now + timedelta(minutes=1))
        file = confirmation.signed_file_digest
        if reused is not None and reused.certificate_fingerprint != person.fingerprint:
            may = False
        against = self.model.against_submission(asked, agency, may, file)
        number = self.send(agency, command_type(application=application, confirmation=confirmation), against)
        if number is None:
            return None
        assert number.partition("-")[0].endswith({"INFORMATION_RESOURCES": "IR"}.get(asked.register, "PD"))
        return self.model.submitted(number, agency, asked, file)

    def correct(self, case: ModelCase | None, agency: str, asked: Asked, person: Person, reused=None) -> None:
        application = self.application(asked, agency, person)
        confirmation = self.confirmed(application, person, reused)
        file = confirmation.signed_file_digest
        may = person.may_act(agency, self.now + timedelta(minutes=1))
        if reused is not None and reused.certificate_fingerprint != person.fingerprint:
            may = False
        against = self.model.against_correction(case, agency, asked, may, file)
        number = case.number if case else UNKNOWN
        if self.send(agency, Resubmit.of(number, application, confirmation), against) is not None:
            self.model.corrected(case, asked, file)

    def withdraw(self, case: ModelCase | None, agency: str, person: Person) -> None:
        number = case.number if case else UNKNOWN
        stated = Withdrawal(case_number=number, applicant=agency, representative=person.fin, reason="lazım deyil")
        confirmation = self.confirmed(stated, person)
        file = confirmation.signed_file_digest
        may = person.may_act(agency, self.now + timedelta(minutes=1))
        against = self.model.against_withdrawal(case, agency, may, file)
        if self.send(agency, WithdrawCase(statement=stated, confirmation=confirmation), against) is not None:
            self.model.withdrawn(case, file)

    def prove(self, case: ModelCase | None, agency: str, person: Person, days: int) -> None:
        """File a proof that the data were destroyed so many days ago (negative: in days to come)."""
        stated = DestructionProof(
            case_number=case.number if case else UNKNOWN,
            applicant=agency,
            representative=person.fin,
            destroyed_on=(self.now - timedelta(days=days)).date(),
            manner="disklər əridilib",
            act_reference="akt 7",
        )
        confirmation = self.confirmed(stated, person)
        file = confirmation.signed_file_digest
        may = person.may_act(agency, self.now + timedelta(minutes=1))
        against = self.model.against_proof(case, agency, may, file)
        if case is not None and (days < 0 or stated.destroyed_on < case.asked.event_day):
            against = {*against, "FALSE_DATA"}
        if self.send(agency, FileDestructionProof(statement=stated, confirmation=confirmation), against) is not None:
            self.model.proven(case, file)

    def acknowledge(self, agency: str, beyond: bool) -> None:
        """Acknowledge every notice there is; whoever learns of a decision so, is informed."""
        deliver(self.store, self.now)
        with self.store.reading() as connection:
            last = notices.last_sequence(connection, agency)
            pending = {
                each.subject
                for each in notices.list_after(connection, agency, 0, 100_000)
                if each.acknowledged_at is None and each.kind in ("CASE_DECIDED", "CASE_ENTERED")
            }
        against = {"NOTICE_NUMBER_UNKNOWN"} if beyond else set()
        self.send(agency, AcknowledgeNotices(up_to_sequence=last + beyond), against)
        for case in self.cases() if not beyond else ():
            told = case.applicant == agency and case.number in pending
            if told and (case.state == "ENTERED" or (case.state == "DECIDED" and case.decision != "APPROVED")):
                self.model.informed(case)

    def application(self, asked: Asked, applicant: str, person: Person):
        cards = {}
        if asked.name is not None:
            spelling = NAMES[int(asked.name)][next(self._next) % 2]
            base, field = (
                (RESOURCE, "resource_card")
                if asked.register == Register.INFORMATION_RESOURCES
                else (PERSONAL, "personal_data_system_card")
            )
            purpose = " " if asked.blank else f"məqsəd {next(self._next)}"
            cards[field] = replace(base, short_name=spelling, owner=asked.owner, purpose=purpose)
            if asked.suspended and field == "resource_card":
                cards[field] = replace(cards[field], status=LifeCycleStatus.SUSPENDED, status_date=asked.event_day)
        common = {"applicant": applicant, "representative": person.fin, "event_date": asked.event_day}
        if asked.kind == "REGISTRATION":
            register, trigger = Register(asked.register), Trigger(asked.trigger)
            return RegistrationApplication(register=register, trigger=trigger, **common, **cards)
        return AppealApplication(
            kind=AppealKind(asked.kind),
            entry_number=asked.entry.number if asked.entry else "IR-999999",
            against_version=asked.against,
            reason="əsas",
            **common,
            **cards,
        )

    def turn(self, person: Person) -> None:
        """Suspend a representative, or let it act again."""
        self.tick()
        suspend = not (person.turns and person.turns[-1][1])
        act = Act(by="officer", at=self.now, reason="məktub 17")
        with self.store.writing() as connection:
            step = StandingStep.SUSPEND if suspend else StandingStep.RESUME
            change_standing(connection, PartyKind.REPRESENTATIVE, person.fin, step, act)
        person.turns.append((self.now, suspend))

    # Staff ------------------------------------------------------------------------------------

    def work(self, step: str, case: ModelCase | None, actor: Actor, **deed) -> bool:
        """Have staff make a step, and the model too when it is legal; whether it was made."""
        self.tick()
        model, now = self.model, self.now
        against = model.against(step, case, actor.role.value, actor.name, now, **deed)
        number = case.number if case else UNKNOWN
        self.log.append(f"{now:%d.%m %H:%M} {step} {number} by {actor.text} {deed}: {against or 'legal'}")
        before = self._standing() if against else None
        after, told = self._worked(step, number, actor, **deed)
        if told is not None and told.code == "CORRECTION_TERM_RUNS" and not against:
            # Working days and holidays: the model only knows when the term surely runs, and when it surely is over.
            assert now - case.returned_at <= SURELY_OVER
            return False
        self._judge(step, told, against, before)
        if told is None:
            self._follow(step, case, actor, deed, after)
        return told is None

    def _worked(self, step: str, number: str, actor: Actor, **deed):
        try:
            with self.store.writing() as connection:
                return _DO[step](Work(connection=connection, now=self.now), number, actor, **deed), None
        except StepRefusedError as refused:
            return None, refused.ground

    def _follow(self, step: str, case: ModelCase, actor: Actor, deed, after) -> None:
        model = self.model
        match step:
            case "take":
                model.taken(case, actor.name)
            case "hand_over":
                model.handed_over(case, deed["to"])
            case "find_complete":
                model.found_complete(case)
            case "return":
                model.returned(case, self.now)
            case "decide":
                self._entered(model.decided(case, actor.name, deed["outcome"], self.now), after)
            case "confirm":
                self._entered(model.confirmed(case, self.now), after)
            case "send_back":
                model.sent_back(case)
            case "inform":
                model.informed(case)
            case "archive":
                model.archived(case)
        assert after.case.state == case.state
        assert after.clerk == case.clerk

    def _entered(self, entry: ModelEntry | None, after) -> None:
        if entry is None:
            assert after.case.state != "ENTERED"
            return
        if not entry.number:
            entry.number = after.case.entry_number
            assert entry.number not in self.model.entries, "a registration number is given once"
            self.model.entries[entry.number] = entry
        assert (after.case.entry_number, after.case.entered_version) == (entry.number, entry.present.number)

    def amend(self, entry: ModelEntry) -> None:
        """The operator puts something right without a case."""
        self.tick()
        with self.store.writing() as connection:
            amend(Work(connection=connection, now=self.now), entry.number)
        self.model.amended(entry, self.now, entry.present.name)

    # At the end -------------------------------------------------------------------------------

    def check(self) -> Counter[str]:
        """Compare everything that is kept with what the model says, and audit the tables."""
        deliver(self.store, self.now)
        self.ledger.audit(*self.agencies)
        with self.store.reading() as connection:
            for case in self.cases():
                file = case_file(connection, case.number, self.now)
                assert [step.event.value for step in file.case.steps] == case.events, case.number
                assert (file.case.state, file.clerk) == (case.state, case.clerk), case.number
                decided = file.case.decision
                assert (decided and decided.outcome.value) == case.decision, case.number
            kept = set(
                connection.scalars(select(register_case.c.number).where(register_case.c.applicant.in_(self.agencies)))
            )
            assert kept == set(self.model.cases)
        for entry in self.entries():
            self._check_entry(entry)
        for entry, as_of, known, answer in self.looked:
            assert self._as_known(entry, as_of, known) == answer, "what was known once is answered otherwise now"
        return self.counts

    def _check_entry(self, entry: ModelEntry) -> None:
        moments = {each.since for each in entry.versions} | {self.now}
        with self.store.reading() as connection:
            for known in {each.said_at for each in entry.versions}:
                for moment in moments:
                    found = get_entry(connection, entry.number, as_of=moment, as_known_at=known)
                    ought = entry.true_at(moment, known)
                    told = found and (found.version, found.status.value, found.owner)
                    assert told == (ought and (ought.number, ought.status, ought.owner)), (entry.number, moment, known)


def _representative(person: Person) -> Representative:
    cards = ()
    if person.fingerprint:
        cards = (Certificate(fingerprint=person.fingerprint, issuer="CN=CA", serial=person.fingerprint[:16]),)
    return Representative(
        fin=person.fin,
        agency=person.agency,
        identity_card=f"AA{person.fin}",
        surname="Məmmədova",
        name="Aygün",
        valid_from=date(2026, 1, 1),
        valid_to=person.until,
        certificates=cards,
        login=f"login.{person.fin}" if person.password else None,
    )


def _decide(work, number, actor, outcome, reason, ground):
    decision = Decision(outcome=DecisionOutcome(outcome), ground_code=ground, reason=reason)
    return work_on.decide(work, number, actor, decision, issue_extract=entering)


_DO = {
    "take": work_on.take,
    "hand_over": work_on.hand_over,
    "find_complete": work_on.find_complete,
    "return": work_on.return_for_correction,
    "decide": _decide,
    "confirm": lambda work, number, actor: work_on.confirm_decision(work, number, actor, issue_extract=entering),
    "send_back": work_on.send_back,
    "inform": work_on.owner_informed,
    "archive": work_on.archive,
}
