"""Utterances with a pause inside that are only measured: nothing may be chosen by how they fare.

They were written before the waits were chosen for the last time, in other words than those to tune on and
with pauses in other places. The section's notes say what was changed after a look at how they fare; the next
change of the kind needs new ones.
"""

from __future__ import annotations

from tests.voice.suite.paused import Place, sentences

HELD_OUT = (
    *sentences(
        Place.OPENING,
        """
        No, | I do not think so.
        Well, | what can I say?
        Jarvis, | what is on my list?
        Okay, | let us begin with the first one.
        Yes, | that one is fine.
        Computer, | how warm is it outside?
        Sorry, | I was not listening.
        Hey, | could you say that once more?
        """,
    ),
    *sentences(
        Place.SLOT,
        """
        Could you put on, | Samantha for me?
        I feel like talking to, | GLaDOS today.
        Let us go over to, | TARS.
        Call up, | Jarvis.
        My phone number is five five five, | one two three four.
        Lower the sound to, | fifteen percent.
        What does thirty minus, | eleven make?
        Please divide eighty by, | sixteen.
        What is the product of six and, | thirteen?
        Remind me at, | half past four.
        The password starts with, | a capital letter.
        My name is, | Roberta.
        She was born in, | nineteen eighty two.
        What year did, | the wall come down?
        How far is it from London to, | Madrid?
        Raise the volume by, | twenty.
        The address is forty two, | Maple Street.
        I will be there at, | a quarter to nine.
        """,
    ),
    *sentences(
        Place.OBJECT,
        """
        Describe, | the inside of a volcano.
        Keep in mind that, | the plumber comes at noon.
        We should probably take, | a different road.
        They are going to build, | a bridge over the river.
        Which of these is, | the better choice?
        Is there any, | milk left in the house?
        I can hardly remember, | what we talked about.
        Would you explain to me, | why leaves turn yellow?
        What happens to, | the water in the desert?
        Are you able to, | hear the difference?
        I finally managed to, | open the window.
        Somebody has taken, | my umbrella.
        The doctor told me, | to drink more water.
        Will there be, | enough chairs for everyone?
        My uncle used to own, | a small bakery.
        Have they already, | announced the winner?
        It depends on, | how long it takes.
        This morning I saw, | a fox in the garden.
        Could we perhaps, | try it the other way?
        Nobody in the office knows, | how to fix the printer.
        What kind of, | bird is that?
        Please forget, | what I told you about the party.
        """,
    ),
    *sentences(
        Place.FILLER,
        """
        The thing about it is, er, | nobody really knows.
        Where exactly is, um, | the nearest pharmacy?
        We could, uh, | meet at the fountain.
        Is it true that, um, | bees can count?
        My plan is, uh, | to leave before sunrise.
        Um, | how do I get out of here?
        I would say, er, | about two hundred.
        Please play, uh, | something with a violin.
        Her name was, um, | Katarina, I think.
        Why did, er, | the lights go out?
        You know, um, | I have been wondering about that.
        Could it be, uh, | a loose cable?
        Let me think, um, | perhaps on Wednesday.
        The answer should be, er, | seventeen.
        """,
    ),
    *sentences(
        Place.LIST,
        """
        Pack a towel, | a torch, and some rope.
        The kids want pizza, | pasta, or pancakes.
        There were lions, tigers, | and a single bear.
        I have lived in Oslo, Berlin, | and Porto.
        Bring paper, scissors, | and glue.
        We need flour, | butter, and four eggs.
        He collects stamps, | coins, and old maps.
        On the table lay a pen, a letter, | and two keys.
        My favourites are jazz, | blues, and soul.
        It was cold, windy, | and terribly dark.
        Invite Laura, Simon, | and the twins.
        First we sing, then we dance, | and then we eat.
        The flag is green, | yellow, and black.
        I can offer tea, water, | or lemonade.
        """,
    ),
    *sentences(
        Place.CLAUSE,
        """
        As soon as the rain stops, | we can go outside.
        Even if it takes all night, | I want to finish this.
        Until the bread is ready, | let us set the table.
        In case you have forgotten, | it is my turn.
        Where the road divides, | keep to the left.
        I wanted to call you, | but my battery was empty.
        The lift is broken, | so we have to walk.
        She laughed so hard, | that she started to cry.
        He would have come, | if you had asked him.
        I sold the car, | because I never drove it.
        We arrived on time, | although the traffic was awful.
        The shop was closed, | and I had no cash.
        My sister paints, | and my brother sings.
        You should try the soup, | unless you dislike onions.
        Given the weather, | will the match take place?
        By the time we got there, | the music had stopped.
        Instead of complaining, | tell me what you need.
        For the second time this week, | the train was cancelled.
        On the other hand, | it could be worse.
        At the end of the day, | who is going to pay for it?
        With a bit of luck, | we will see a comet.
        If you had to choose, | which planet would you visit?
        The baby is asleep, | so please keep your voice down.
        I left the keys with Daniel, | who lives next door.
        """,
    ),
    *sentences(
        Place.AFTERTHOUGHT,
        """
        What did you do yesterday, | in the afternoon?
        How cold does it get, | in winter?
        Is it safe, | for small children?
        Can you hear me, | through this noise?
        Where do you come from, | originally?
        When does it open, | on Sundays?
        What are you doing, | at the moment?
        Play some music, | by a French composer.
        Give me a riddle, | with animals.
        See you later, | and thank you for the help.
        I would like a coffee, | without sugar.
        We went swimming, | in the lake.
        It was a lovely evening, | with all our friends.
        Good night, | sleep well.
        Tell me a fact, | about the moon.
        """,
    ),
)
