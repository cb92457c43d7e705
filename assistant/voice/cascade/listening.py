"""The user's side of the cascade: from audio blocks to turns, transcripts and wishes to take the floor."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from assistant.audio.transport import AudioBlock, Samples
from assistant.engine.echo_words import is_echo
from assistant.engine.protocol import (
    EngineNotice,
    Event,
    PartialTranscript,
    TurnDoubted,
    TurnGuess,
    TurnResumed,
    UserSpeechStarted,
    UserTurn,
)
from assistant.severity import Severity
from assistant.voice.cascade.agreement import agreed, begins
from assistant.voice.cascade.barge_in import Action, BargeIn, Evidence
from assistant.voice.cascade.completeness import completeness
from assistant.voice.cascade.doubt import is_doubtful, may_be_doubted
from assistant.voice.cascade.heard_turn import DoubtedTurn, HeardTurn
from assistant.voice.cascade.hearing import Chunk, Hearing
from assistant.voice.cascade.playout import Playout
from assistant.voice.cascade.ports import Transcript
from assistant.voice.cascade.recognition import Job, JobKind, Recognised
from assistant.voice.cascade.turns import (
    Decision,
    EndOfTurn,
    EndReason,
    Onset,
    Resume,
    Speculate,
    Surroundings,
    TurnDetector,
)

PRE_ROLL_S = 0.3
"""Audio kept from before an onset: its first sounds are too soft to open a turn."""

PARTIAL_S = 0.4
"""Between two partial transcripts, unless recognition itself needs longer."""

SPEECH = 0.5
"""Probability from which a chunk is taken for speech where nothing more is at stake."""

_LOOK_S = 0.096
"""Between two looks at whether a turn is the assistant's own voice."""

_SHORTEST_LOOK_S = 0.5
_FIRST_PARTIAL_S = 0.35
_KEPT_CHUNKS = 20
_CHECK_S = 0.6
_CLOSER_LOOK_S = 1.0
"""After the end of a turn a closer look at its words that takes longer comes too late."""


class Listening:
    """Owned by the audio thread.

    ``submit`` hands a job to recognition and returns by how many the jobs under way grow, ``act`` carries out
    what the barge-in machine decides.
    """

    def __init__(
        self,
        hearing: Hearing,
        playout: Playout,
        submit: Callable[[Job], int],
        emit: Callable[[Event], None],
        act: Callable[[Action], None],
    ) -> None:
        self._hearing = hearing
        self._playout = playout
        self._submit = submit
        self._emit = emit
        self._act = act
        self._detector = TurnDetector()
        self._barge_in = BargeIn()
        self._barge_turn = 0
        self._kept: deque[Chunk] = deque(maxlen=_KEPT_CHUNKS)
        self._turn: HeardTurn | None = None
        self._closing: dict[int, HeardTurn] = {}
        self._doubted: DoubtedTurn | None = None
        self._outstanding = 0
        self._partial_s = PARTIAL_S

    @property
    def is_busy(self) -> bool:
        """True while recognition is at work or a turn waits for its words."""
        return self._outstanding > 0 or bool(self._closing)

    @property
    def has_open_turn(self) -> bool:
        """True while the user's turn is open."""
        return self._turn is not None

    @property
    def cleaned(self) -> Samples:
        """The last block that was heard, without echo, 24 kHz."""
        return self._hearing.cleaned

    @property
    def user_has_floor(self) -> bool:
        """True while the user speaks who did so before the assistant: from the first chunk of speech on."""
        if self._turn is not None:
            return not self._turn.over_speech
        return bool(self._kept) and self._kept[-1].probability >= SPEECH

    def _check(self, now: float) -> None:
        """Ask for another opinion of the last turn, once its answer has had time to begin."""
        if self._doubted is None or now < self._doubted.due:
            return
        if self._turn is None and not self._doubted.is_asked:
            self._doubted.is_asked = True
            self._outstanding += self._submit(self._doubted.job)

    # --- what happens to it ------------------------------------------------------------------------

    def hear(self, block: AudioBlock) -> None:
        """The next 10 ms."""
        for chunk in self._hearing.chunks(block):
            audible = self._playout.is_audible(chunk.time)
            self._kept.append(chunk)
            if self._turn is not None:
                self._turn.chunks.append(chunk)
            surroundings = self._surroundings(audible)
            self._decide(self._detector.feed(chunk.probability, chunk.level, chunk.time, surroundings))
            self._watch(chunk, audible)
            self._conclude_overdue(chunk.time)
            self._check(chunk.time)

    def hold(self, active: bool, now: float) -> None:
        """Push-to-talk."""
        self._decide(self._detector.hold(active, now))

    def close(self, now: float) -> None:
        """The microphone was closed: what is open is dropped unheard, what was over is still understood."""
        self._decide(self._detector.drop(now))
        self._kept.clear()
        self._hearing.reset()

    def new_room(self, now: float) -> None:
        """Other devices are in use."""
        self.close(now)
        self._hearing.new_room()

    def answer_over(self) -> None:
        """The answer that the user may be talking over is gone."""
        self._do(self._barge_in.forget())

    def take(self, result: Recognised) -> None:
        """What recognition made of a job."""
        job = result.job
        self._outstanding -= result.is_final
        if job.kind is JobKind.CHECK:
            self._checked(job, result.transcript)
            return
        if job.kind is JobKind.PARTIAL:
            self._partial_s = max(PARTIAL_S, 2 * result.took_s)
        turn = self._find(job.turn)
        if turn is None:
            return
        if job.kind is JobKind.FINAL:
            turn.guess = result.transcript
            if result.is_final:
                self._understood(turn, result.transcript, result.at)
            return
        if job.kind is JobKind.SPECULATIVE and job.revision == turn.revision:
            turn.guessing = not result.is_final
            turn.guess = result.transcript
            if turn.ended is None:
                self._offer(turn)
            elif result.is_final:
                self._conclude(turn, result.at)
                return
        if result.transcript is not None and turn.ended is None:
            self._show(turn, result.transcript.text.strip(), is_paused=job.kind is JobKind.SPECULATIVE)

    def _checked(self, job: Job, second: Transcript | None) -> None:
        doubted = self._doubted
        if doubted is None or doubted.job is not job:
            return
        self._doubted = None
        if second is not None and is_doubtful(doubted.first, second):
            self._emit(TurnDoubted(job.turn))

    def _find(self, number: int) -> HeardTurn | None:
        if self._turn is not None and self._turn.number == number:
            return self._turn
        return self._closing.get(number)

    # --- turns -------------------------------------------------------------------------------------

    def _surroundings(self, audible: bool) -> Surroundings:
        if not audible:
            return Surroundings.QUIET
        if self._hearing.is_free_of_echo:
            return Surroundings.CLEAN
        return Surroundings.AUDIBLE if self._hearing.cancels_echo else Surroundings.UNPROVEN

    def _decide(self, decisions: tuple[Decision, ...]) -> None:
        for decision in decisions:
            match decision:
                case Onset(number, at):
                    self._open(number, at)
                case Speculate():
                    self._speculate()
                case Resume():
                    self._resume()
                case EndOfTurn():
                    self._end(decision)

    def _open(self, number: int, at: float) -> None:
        now = self._kept[-1].time if self._kept else at
        chunks = [chunk for chunk in self._kept if chunk.time > at - PRE_ROLL_S]
        over = self._playout.is_audible(now)
        self._turn = HeardTurn(number, over, chunks, now, at, self._hearing.is_free_of_echo)
        self._emit(UserSpeechStarted(number, at))

    def _speculate(self) -> None:
        if self._turn is not None:
            self._turn.guessing = True
            self._ask(self._turn, JobKind.SPECULATIVE)

    def _resume(self) -> None:
        if self._turn is not None:
            self._turn.revision += 1
            self._turn.guess, self._turn.guessing = None, False
            if self._turn.offered:
                self._turn.offered = False
                self._emit(TurnResumed(self._turn.number))

    def _offer(self, turn: HeardTurn) -> None:
        """Let the session prepare an answer to the guess."""
        text = turn.guess.text.strip() if turn.guess else ""
        self._detector.note_chance(completeness(text))
        if text and not turn.offered and not self._is_own_voice(turn, text):
            turn.offered = True
            self._emit(TurnGuess(turn.number, text, turn.over_speech))

    def _end(self, ended: EndOfTurn) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        turn.ended = ended
        self._closing[turn.number] = turn
        is_crowd = ended.reason is EndReason.CROWD
        if is_crowd and turn.keep_who_stood_out(ended):
            self._conclude(turn, ended.at)
        elif is_crowd or ended.reason is EndReason.DROPPED or not ended.has_speech:
            self._understood(turn, Transcript(""), ended.at)
        elif not turn.guessing:
            self._conclude(turn, ended.at)

    def _conclude(self, turn: HeardTurn, now: float) -> None:
        """Take the guess, or recognise once more where there is none (it failed, or there was no pause)."""
        if turn.guess is not None:
            self._understood(turn, turn.guess, now)
        else:
            self._ask(turn, JobKind.FINAL)

    def _conclude_overdue(self, now: float) -> None:
        """What was understood at first has to do where looking closer takes too long."""
        for turn in tuple(self._closing.values()):
            if turn.ended and turn.guess and now - turn.ended.at >= _CLOSER_LOOK_S:
                self._understood(turn, turn.guess, now)

    def _understood(self, turn: HeardTurn, transcript: Transcript | None, now: float) -> None:
        ended = turn.ended
        if ended is None:
            return
        del self._closing[turn.number]
        if transcript is None:
            transcript = Transcript("", 0.0)
            self._emit(EngineNotice(Severity.WARNING, "What you said was lost.", "Please say it again."))
        turn.text = transcript.text.strip()
        if turn.number == self._barge_turn:
            self._do(self._barge_in.end(self._evidence(turn)))
        text = "" if self._is_own_voice(turn, turn.text) else turn.text
        self._emit(
            UserTurn(
                turn.number,
                text,
                ended.speech_end,
                ended.at,
                recognised=max(ended.at, now),
                confidence=transcript.confidence,
                over_speech=turn.over_speech,
                is_free_of_echo=turn.is_free_of_echo,
                readings=transcript.readings if text else (),
            )
        )
        self._doubted = None
        if text and may_be_doubted(transcript):
            due = max(ended.at, now) + _CHECK_S
            self._doubted = DoubtedTurn(turn.job(JobKind.CHECK), transcript, due)

    # --- words -------------------------------------------------------------------------------------

    def _ask(self, turn: HeardTurn, kind: JobKind) -> None:
        self._outstanding += self._submit(turn.job(kind))

    def _show(self, turn: HeardTurn, text: str, is_paused: bool) -> None:
        """What has been said so far: all of it in a pause, otherwise what is sure and is not shown yet."""
        shown = text if is_paused else agreed(turn.text, text)
        adds = shown != turn.shown if is_paused else not begins(turn.shown, shown)
        if shown and adds and not self._is_own_voice(turn, shown):
            self._emit(PartialTranscript(turn.number, shown))
            turn.shown = shown
        turn.text = text

    def _is_own_voice(self, turn: HeardTurn, text: str) -> bool:
        if not turn.over_speech:
            return False
        spoken = (self._playout.recently_spoken(),)
        return turn.is_own_voice or is_echo(text, spoken, only_phrases=turn.is_free_of_echo)

    # --- the floor ---------------------------------------------------------------------------------

    def _watch(self, chunk: Chunk, audible: bool) -> None:
        """Everything that an open turn asks for with each chunk: partial transcripts, ducking, stopping."""
        turn = self._turn
        if turn is None:
            return
        if self._detector.speech_s > turn.speech_s:
            turn.speech_s = self._detector.speech_s
            turn.lasts_s = chunk.time - turn.onset
            self._look(turn, chunk.time)
        is_due = turn.speech_s >= _FIRST_PARTIAL_S and chunk.time >= turn.next_partial
        # Never in place of a guess that still waits: the turn's end counts on it.
        if is_due and chunk.probability >= SPEECH and not turn.guessing:
            turn.next_partial = chunk.time + self._partial_s
            self._ask(turn, JobKind.PARTIAL)
        if audible and self._playout.is_answering and self._barge_turn != turn.number:
            self._barge_turn = turn.number
            turn.over_speech = True
            self._do(self._barge_in.begin(chunk.time))
        if turn.number == self._barge_turn:
            silence_s = chunk.time - turn.onset - turn.lasts_s
            self._do(self._barge_in.update(self._evidence(turn, silence_s), chunk.time))

    def _look(self, turn: HeardTurn, now: float) -> None:
        if turn.over_speech and now >= turn.next_look:
            turn.next_look = now + _LOOK_S
            turn.is_own_voice = self._hearing.is_own_voice(max(turn.lasts_s, _SHORTEST_LOOK_S))

    def _evidence(self, turn: HeardTurn, silence_s: float = 0.0) -> Evidence:
        return Evidence(
            turn.text,
            turn.speech_s,
            self._playout.recently_spoken(),
            turn.lasts_s,
            silence_s,
            turn.is_free_of_echo,
            is_own_voice=turn.is_own_voice,
            is_settled=turn.guess is not None,
        )

    def _do(self, action: Action | None) -> None:
        if action is not None:
            self._act(action)
