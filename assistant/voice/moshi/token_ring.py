"""Which token of which frame goes into a step: Moshi's acoustic delays, in plain integers.

Moshi's streams are the monologue, its own codebooks and the user's codebooks. A codebook with delay ``d`` is
handled ``d`` steps after its frame, so that a step sees the user's newest semantic code (delay 0) beside the
acoustic codes (delay 1) of the frame before. What a step samples for a codebook of its own belongs to the
frame ``d`` steps back, so that a frame can be decoded ``max(delays)`` steps after it began.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FREE = -1
"""In rows of known tokens: this one is sampled."""


class TokenRing:
    """The last few steps' tokens of a conversation.

    ``delays`` are those of the codebooks in steps, Moshi's own ``own`` ones first. ``text_start`` and
    ``audio_pad`` stand where there is no token yet.
    """

    def __init__(self, delays: Sequence[int], own: int, text_start: int, audio_pad: int) -> None:
        self._own_delays = np.array(delays[:own], np.int32)
        self._user_delays = np.array(delays[own:], np.int32)
        self._text_start = text_start
        self._pad = audio_pad
        self._depth = int(max(delays)) + 1
        self.reset()

    @property
    def latest(self) -> int:
        """Steps that a frame's last code comes after its first."""
        return self._depth - 1

    def reset(self) -> None:
        """Forget everything: the next step is the first one."""
        self.step = 0
        self._text = self._text_start
        self._own: deque[NDArray[np.int32]] = deque(maxlen=self._depth)
        self._user: deque[NDArray[np.int32]] = deque(maxlen=self._depth)
        self._forced: deque[NDArray[np.int32]] = deque(maxlen=self._depth)

    def resume(self, step: int, rows: NDArray[np.int32]) -> None:
        """Stand before ``step``, past ``latest``, amid known tokens (2 · ``latest`` + 1, streams).

        The middle row is what that step reads. The rows after it hold, in the streams with a delay, what is
        known of later steps: of Moshi's own streams that takes the place of what those steps sample. All
        other places are ``FREE``.
        """
        self.reset()
        self.step = step
        middle, own = self.latest, slice(1, 1 + len(self._own_delays))
        self._text = int(rows[middle, 0])
        self._own.extend(rows[middle - ago, own] for ago in range(self._depth))
        streams = np.arange(own.stop, rows.shape[1])
        self._user.extend(rows[middle - ago + self._user_delays, streams] for ago in range(self._depth))
        self._forced.extend(rows[middle + 1 :, own])

    def copy(self) -> TokenRing:
        """The same, going on independently."""
        made = copy.copy(self)
        made._own, made._user, made._forced = self._own.copy(), self._user.copy(), self._forced.copy()
        return made

    def hear(self, codes: NDArray[np.int32]) -> None:
        """The user's next frame, one code a codebook."""
        self._user.appendleft(codes)

    def inputs(self) -> NDArray[np.int32]:
        """What the next step reads: the monologue's token, then one code a codebook."""
        tokens = np.full(1 + len(self._own_delays) + len(self._user_delays), self._pad, np.int32)
        tokens[0] = self._text
        own, user = tokens[1 : 1 + len(self._own_delays)], tokens[1 + len(self._own_delays) :]
        if self._own:
            np.copyto(own, self._own[0], where=self._own_delays < self.step)
        for frames_ago, codes in enumerate(self._user):
            np.copyto(user, codes, where=self._user_delays == frames_ago)
        return tokens

    def sampled(self, text: int, own: NDArray[np.int32]) -> None:
        """What that step sampled: the monologue's token and one code a codebook of Moshi's own."""
        self._text = text
        if self._forced:
            known = self._forced.popleft()
            own = np.where(known == FREE, own, known)
        self._own.appendleft(own)
        self.step += 1

    def frame(self) -> NDArray[np.int32] | None:
        """The newest frame of Moshi's that is complete, one code a codebook; None in the first steps."""
        newest = self._depth - 1
        if self.step <= newest:
            return None
        codes = np.empty_like(self._own[0])
        for steps_ago, sampled in enumerate(self._own):
            np.copyto(codes, sampled, where=self._own_delays == newest - steps_ago)
        return codes
