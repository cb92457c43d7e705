"""Utterances with a pause inside that are only measured: nothing may be chosen by how they fare.

Written by somebody who had not seen the program, after its waits were chosen.
"""

from __future__ import annotations

from tests.voice.suite.paused import Place, sentences

HELD_OUT = sentences(
    Place.ANYWHERE,
    """
    I was wondering, | if you could recommend a good book for a long flight.
    What is the, um, | the name of that river that runs through Vienna?
    When I get home from work tonight, | remind me to call my brother.
    We need bread, cheese, some olives, | and maybe a bottle of red wine.
    If it rains on Saturday, | what could we do indoors with the kids?
    Can you tell me, | how long it takes to roast a whole chicken?
    I think, | the problem with my bike is somewhere in the rear brake.
    Set an alarm for, | let me think, quarter to seven tomorrow morning.
    So, um, | do you happen to know when the library closes today?
    My grandmother used to make this soup with, | what's it called, celery root.
    I really liked the movie, | but the ending made no sense to me.
    Who was the president, | when the Berlin Wall came down?
    Because the car is in the garage, | I'll have to take the bus.
    Could you explain the difference between, | weather and climate in simple words?
    I'd like to plan a trip to Portugal, | maybe in the second half of May.
    Write an email to my boss, | and tell her I'll be late on Monday.
    Is it true that, | sharks never stop swimming, even when they sleep?
    Well, | I suppose we could paint the bedroom green, or a very pale yellow.
    The thing I don't understand, | is why the bread never rises properly.
    Before you answer that, | tell me what you actually know about the topic.
    What should I cook tonight, | if I only have rice and two carrots?
    Play something by, | oh, who was it, that pianist from Iceland.
    I've been sleeping badly lately, | and I'm not sure what to do about it.
    How many people live in Canada, | compared to, say, Australia?
    Although I studied French for years, | I can barely order a coffee.
    Add tomatoes, | basil, and a box of spaghetti to my shopping list.
    Do you remember, | what I told you about my neighbour's dog?
    I'm looking for a present for my father, | who already has absolutely everything.
    Turn the lights down a bit, | and, uh, start the movie playlist.
    What I meant was, | whether we can move the meeting to Thursday afternoon.
    Let me see, | I have flour, sugar, butter, but no eggs at all.
    Is there a way to, | get candle wax out of a tablecloth?
    The doctor said I should exercise more, | which is easier said than done.
    Tell me a story about a dragon, | who is afraid of the dark.
    After the Romans left Britain, | what happened to all their roads?
    I can't decide, | between the small apartment downtown and the house by the lake.
    How do you say, | I'm allergic to peanuts, in Japanese?
    You know, | I never really understood how the stock market works.
    If I leave at eight, | will I still make it to the airport in time?
    Honestly, | I was a little disappointed by your last answer.
    Could you, um, | repeat the last step a little more slowly please?
    There's this word for it, | when you feel homesick for a place you've never been.
    The last time I tried to fix the tap, | I flooded the entire kitchen.
    What happens to my data, | when I ask you to forget something?
    I wanted to ask you about, | hmm, the history of the violin.
    Since you're so good with numbers, | how much would I save by paying yearly?
    My daughter has to write an essay on, | volcanoes, I believe, by Friday.
    Why is the sky blue, | and then suddenly red in the evening?
    I'd love to learn an instrument, | but at my age, it feels a bit late.
    When was the last time, | that Halley's comet could be seen from Earth?
    Give me three ideas for, | a birthday party that doesn't cost too much.
    As far as I know, | nobody has ever actually found that shipwreck.
    Would it be better to, | plant the tulips now or wait until November?
    On Tuesday we have swimming, | on Wednesday the dentist, and then nothing until Saturday.
    I used to believe in ghosts, | until I moved into a really old house.
    Unless the weather gets much better, | we should probably cancel the picnic.
    What's that, uh, | that tool you use for tightening hexagonal screws?
    Could you look up the opening hours, | of the museum next to the cathedral?
    He's not exactly unfriendly, | he's more, I don't know, reserved.
    To be fair, | the first chapter was slow, but after that I couldn't stop reading.
    """,
)
