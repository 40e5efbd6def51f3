"""Ask a reasoner, and print or trace what it answers."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from graphdnc.answering.answer import CheckedAnswer
from graphdnc.cli.ask.batch import Line, Tally
from graphdnc.cli.ask.conversation import Conversation, Read, say_notes
from graphdnc.cli.ask.csv_table import Table
from graphdnc.cli.ask.print_answer import exit_code, print_answer, print_short
from graphdnc.cli.output import print_error, print_json
from graphdnc.cli.progress import say
from graphdnc.errors import GraphDNCError, UsageError, reported
from graphdnc.kinship.warnings import family_warnings
from graphdnc.questions import Sayable
from graphdnc.reasoner import Reasoner
from graphdnc.utils.progress import ProgressBar
from graphdnc.utils.text import quote

if TYPE_CHECKING:
    from graphdnc.answering.trace import Trace


class Picture(Protocol):
    """What is made of answers, and of what happened in the memory."""

    @property
    def needs_trace(self) -> bool:
        """Whether it shows what happened in the memory."""

    @property
    def needs_all(self) -> bool:
        """Whether it shows nothing else."""

    def add(self, checked: CheckedAnswer | None, trace: Trace | None, why: str) -> None:
        """Take the next answer; ``why`` says why there is no answer or no trace."""


@dataclass
class Asker:
    """Asks a reasoner and prints what it answers.

    Attributes:
        weights: columns of the graph file that look like weights; they are not used.
        pictures: what is to be made of every answer and of what happened in the memory.
        left_out: what of the graph file may be missed, in one line; ``None`` if nothing.
        exit_code: the highest exit code so far.
        as_csv: whether answers are printed as rows of a table, ``table``.
        conversation: reads lines, and remembers the last answer.
    """

    reasoner: Reasoner
    as_json: bool
    quiet: bool
    weights: list[str]
    pictures: list[Picture] = field(default_factory=list)
    left_out: str | None = None
    exit_code: int = 0
    as_csv: bool = False
    table: Table = field(default_factory=Table)
    _warned_about_family: bool = False

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.reasoner)

    def answer(self, question: str | Sayable) -> None:
        """Answer a question, in words or in numbers. Words may ask several.

        Raises:
            GraphDNCError: it is not understood or cannot be answered; of several, the last that cannot.
        """
        if not isinstance(question, str):
            answer = self.reasoner.ask(question)
            self.exit_code = max(self._print(answer), self._trace(answer))
            return
        try:
            read, _ = self.conversation.read(question)
            failed = self._answer_read(read)
        except GraphDNCError as error:
            self._record_refused(question, error)
            raise
        if failed is not None:
            self._record_refused(question, failed)
            raise failed

    def _answer_read(self, read: Read) -> GraphDNCError | None:
        """Answer the questions of one line; return the last error."""
        say_notes(read)
        answers = self._ask(read)
        codes, failed = [0], None
        for number, answer in enumerate(answers):
            if isinstance(answer, GraphDNCError):
                if failed is not None:
                    print_error(failed)
                failed = answer
                continue
            if len(answers) > 1 and not (self.as_json or self.as_csv or self.quiet):
                print(f"{chr(10) if number else ''}{answer.text}")
            codes.append(max(self._print(answer), self._trace(answer)))
        self.exit_code = max(codes)
        return failed

    def _ask(self, read: Read) -> list[CheckedAnswer | GraphDNCError]:
        """Return the answers to questions that were read, and remember the last one."""
        answers = self.reasoner.answer(read)
        self.conversation.keep(read, answers)
        return answers

    def _record_refused(self, question: str, error: GraphDNCError) -> None:
        """Print a question that has no answer as a record, if records are wanted."""
        if self.as_json:
            print_json({"question": question, "error": " ".join(str(error).split()), "code": error.exit_code})
        elif self.as_csv:
            self.table.add_refused(question, error)

    def answer_lines(self, batches: Iterable[list[Line]], total: int | None = None) -> None:
        """Answer the questions of each line; report one that fails and go on with the next one.

        After more than one line, print a summary, unless ``quiet``. ``total`` is the number of lines, if
        it is known. A line may refer to the one before it.
        """
        tally = Tally(self.reasoner.check)
        with ProgressBar("answered", total, shown=not self.quiet and not sys.stdout.isatty()) as bar:
            for lines in batches:
                for together in self._readable(lines):
                    read = [one for _, questions in together for one in questions]
                    found = iter(self._ask(read))
                    bar.clear()
                    for line, questions in together:
                        say_notes(questions)
                        codes = [self._print_line(line, next(found)) for _ in questions]
                        tally.codes[max(codes)] += 1
                    bar.show(tally.codes.total())
        if not tally.codes:
            raise UsageError("no question; give a sentence, or one question a line on standard input")
        self.exit_code = max(tally.codes)
        if tally.codes.total() > 1 and not self.quiet:
            say(str(tally))

    def _readable(self, lines: list[Line]) -> Iterator[list[tuple[Line, Read]]]:
        """Yield lines with their questions, as many together as do not refer to an answer among them."""
        together: list[tuple[Line, Read]] = []
        for line in lines:
            questions, refers = self._read_line(line, [one for _, read in together for one in read])
            if refers and together:
                yield together
                together = []
                questions, _ = self._read_line(line, [])
            together.append((line, questions))
        yield together

    def _read_line(self, line: Line, before: Read) -> tuple[Read, bool]:
        """Return the questions of a line, and whether it refers to one ``before`` it, not answered yet."""
        try:
            return self.conversation.read(line.text, before)
        except Exception as error:
            return [reported(error)], False

    def _print_line(self, line: Line, answer: CheckedAnswer | GraphDNCError) -> int:
        where = f"line {line.number}: "
        if isinstance(answer, GraphDNCError):
            print_error(answer, where)
            self._record_refused(line.text, answer)
            for picture in self.pictures:
                picture.add(None, None, str(answer))
            return answer.exit_code
        try:
            return self._print_answered(line, answer, where)
        except OSError:  # the output is closed or full
            raise
        except Exception as error:
            failed = reported(error)
            print_error(failed, where)
            return failed.exit_code

    def _print_answered(self, line: Line, answer: CheckedAnswer, where: str) -> int:
        plain = not (self.as_json or self.as_csv or self.quiet)
        if plain:
            print(f"{where}{line.text}")
        code = max(self._print(answer), self._trace(answer, where))
        if plain:
            print(flush=True)
        return code

    def _trace(self, answer: CheckedAnswer, where: str = "") -> int:
        """Make pictures of an answer; return the exit code, also for what cannot be traced."""
        if not self.pictures:
            return 0
        trace, why, code = None, "", 0
        if any(picture.needs_trace for picture in self.pictures):
            try:
                trace = self.reasoner.trace(answer.question)
            except GraphDNCError as error:
                why = str(error)
                if any(picture.needs_all for picture in self.pictures):
                    print_error(error, f"{where}not traced: ")
                    code = error.exit_code
                else:
                    say(f"note: {where}the memory is not shown: {why}")
        for picture in self.pictures:
            picture.add(answer, trace, why)
        return code

    def _print(self, answer: CheckedAnswer) -> int:
        """Print an answer and return its exit code."""
        if answer.kind == "shortest-path":
            self._warn_about_weights()
        elif answer.kind != "traversal":
            self._warn_about_family()
        if self.as_json:
            print_json(answer.to_dict() | ({} if self.left_out is None else {"left_out": self.left_out}))
        elif self.as_csv:
            self.table.add(answer)
        elif self.quiet:
            print_short(answer)
        else:
            print_answer(answer)
        return exit_code(answer)

    def _warn_about_family(self) -> None:
        """Print once which facts of a family may be reversed or unused."""
        graph = self.reasoner.family.graph
        for doubt in [] if self._warned_about_family else family_warnings(graph):
            say(f"note: {doubt}")
        self._warned_about_family = True

    def _warn_about_weights(self) -> None:
        """Print once that a shortest path has the fewest steps, not the least weight."""
        for column in self.weights:
            say(f"note: the column {quote(column)} is not used: the shortest path has the fewest steps")
        self.weights = []
