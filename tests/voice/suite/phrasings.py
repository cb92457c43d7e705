"""What the users of the suite say: ways to ask for a persona, and sentences that ask for none.

Half of the phrasings, and all sentences of ``HELD_OUT_ORDINARY``, are held out: nothing in the program
(phrases, prompts, aliases, ``heard_as``, thresholds) may be chosen by how they fare. The phrasings were
written by somebody who had not seen the program; those held out before them are in ``tests/unit/wordings.py``
now, as one of them showed that "how about we …" was missing. Of these, "act like …" has
been looked at since it was last measured.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from tests.unit.utterances import ORDINARY as TUNING_ORDINARY

TUNING = """
Change to {}.
Switch to {}, please.
Can you become {}?
I want to talk to {}.
Let me speak with {}.
Bring back {}.
Could you switch over to {} now?
Turn into {}.
Put {} on.
{}, please.
Change your voice to {}.
Hey, go back to {}.
I'd like to talk to {} again.
Set the persona to {}.
Give me {}.
Now be {}.
Swap to {}.
Use the {} voice.
Would you mind changing to {}?
Okay, that's enough. Switch to {}.
Let's hear from {}.
Activate {}.
Can I have {} back?
No, I said {}.
Connect me with {}.
Change the character to {}.
I need {} for this.
Make yourself {}.
""".strip().splitlines()
"""Phrasings to tune on; ``{}`` is the persona's name."""

HELD_OUT = """
Switch to {}.
Can you be {} now?
I'd like to talk to {}, please.
Put {} on.
Could you change your personality to {}?
Let me speak with {}.
{}, please.
I want {} back.
Become {}.
Hey, can I get {} instead?
Act like {} from now on.
Use the {} voice.
Would you mind switching over to {}?
Go into {} mode.
Bring up {} for me.
Turn into {}, will you?
I'm in the mood for {} today.
Is {} there? I want to talk to them.
Pretend you're {} for a while.
Let's go with {} this time.
Set your persona to {}.
Give me {}.
How about you talk like {} for a bit?
I'd rather have {} right now.
{} mode, please.
Swap to {}, thanks.
May I speak to {}?
Okay, make {} my assistant.
""".strip().splitlines()
"""Phrasings only to be measured."""

HELD_OUT_ORDINARY = """
I watched a film with HAL in it.
HAL is the computer who would not open the doors.
My neighbour has a dog called Jarvis.
Did GLaDOS really sing at the end of that game?
Samantha from accounting sent me the report.
We named our car KITT because it talks too much.
The robot in that film is called TARS.
I read that HAL was named after IBM.
Samantha and Jarvis are getting married in June.
Is Nova a kind of star?
The nova was visible for three weeks.
My cousin Samantha lives in Bristol.
I think GLaDOS is funnier than HAL.
Which one is older, KITT or HAL?
A friend told me that TARS was a puppet.
Jarvis Cocker sang in a band called Pulp.
Who played Samantha in that film?
I dreamed about GLaDOS last night.
KITT could jump over rivers.
There was a programme about Nova Scotia.
Does Jarvis have a surname?
Sam said that the train was late.
The assistant at the shop was rude.
I asked Sam for the recipe.
Nobody trusts HAL after the second act.
Samantha laughed at all his jokes.
What would GLaDOS say about that?
I prefer the book to the film about HAL.
My brother dressed up as TARS for the party.
The voice of KITT was an actor from Boston.
The stars were out when we got home.
I need to change the tyres before winter.
We looked at cars all afternoon.
He wants to become a doctor.
She turned into the wrong street.
They switched to the night train in Vienna.
How do I get to the station from here?
I would like to know how it works.
Do you know how to fold a shirt?
Tell me how you feel about mornings.
The kit is in the boot of the car.
He packed his football kit in the morning.
Can you kid a kidder?
The kids want to talk to their grandmother.
I want to talk to the manager about the bill.
Let me speak to my husband before we decide.
Can I talk to you about the garden?
I was going to change the subject anyway.
The service in that restaurant is terrible.
We should change our plans for Saturday.
I switched the kettle on an hour ago.
He switched from coffee to tea.
The colour changed to a darker green.
Change is hard for most people.
You can change trains in Crewe.
She put the cat out and went to bed.
Bring an umbrella in case it rains.
Bring your sister along on Sunday.
He brought the house down with that speech.
Put the milk back in the fridge.
Put your coat on before you go out.
Go to the end of the road and turn left.
Go and get some rest.
Turn left at the next corner.
Turn the page and read the next line.
Give me a hand with this box.
Give my regards to your mother.
Use the blue towel, the red one is mine.
Let's hear some music.
Let's hear what the others think.
Make yourself comfortable, I will be right back.
I need a bigger screen for this.
I need help with my tax return.
Connect the red wire with the left terminal.
Activate the alarm when you leave.
No, I said I would think about it.
No, I said Tuesday.
Now be honest, did you break it?
Can I have the last piece of cake?
Can I have some more soup?
I want to hear the whole story.
I'd like to talk to someone about my contract.
I'd like a table for two at eight.
The old car turned into a money pit.
Over the hill there is a tiny chapel.
Is it going to snow this weekend?
How many people live in Iceland?
What is the longest river in Africa?
Who painted the ceiling of that chapel?
When did the war end?
Why do cats purr?
How deep is the ocean?
What does a seismologist do?
Which planet has the most moons?
How long does it take to boil potatoes?
What is the square root of eighty one?
How much is twelve times thirteen?
Can birds smell?
Are tomatoes fruit?
Is there life on other planets?
Where do penguins sleep?
What makes bread rise?
When does the museum close on Fridays?
How is your evening going?
What have you been up to?
I could not sleep last night.
My back hurts when I sit too long.
I finished the book you recommended.
The soup needs more salt.
Dinner will be ready in ten minutes.
I spilled coffee on the keyboard.
The washing machine is making a strange noise.
We are out of toothpaste.
There is a spider in the bath.
The heating has been off since Monday.
I have a dentist appointment at three.
My flight was delayed by two hours.
The garden looks lovely this year.
I planted tomatoes and beans in April.
The neighbours are building a shed.
We are having lasagne tonight.
I can't find my glasses anywhere.
Somebody left the gate open.
The dog has eaten my slippers.
I am learning to play the cello.
My daughter won a prize at school.
The roof started to leak again.
I paid the rent this morning.
It was colder than I expected.
He never answers his phone.
She speaks four languages.
They moved to Lisbon in the spring.
We met at a concert.
I miss my old job sometimes.
That sounds like a good idea.
I am not in the mood for cooking.
I do not understand the question.
That was not what I meant.
You have a point there.
I suppose you are right.
It does not matter anyway.
I will think about it tomorrow.
We can talk about that later.
Nobody told me that it was raining.
The bus was full this morning.
I walked home along the canal.
The library is closed on Mondays.
I would never eat that.
My phone needs a new battery.
The printer is out of ink.
I forgot to water the plants.
The lamp in the hall is broken.
We painted the kitchen yellow.
The match ended in a draw.
Their second album is better.
The play was three hours long.
I cried at the end of the film.
He tells the same story every year.
My grandmother was born in a lighthouse.
I would love to visit Japan.
The hotel was right by the sea.
We got lost in the old town.
The food on the plane was awful.
I left my passport at home.
The ferry leaves at dawn.
It took us nine hours to drive there.
There was a rainbow over the bay.
The mountains were covered in snow.
I had never seen so many stars.
Have you seen my keys?
Have you ever been to Norway?
Could you remind me what we agreed on?
Would you say that this is normal?
Should I take the job?
Can you recommend a good book?
Could you explain how engines work?
Tell me about the Romans.
Tell me something about whales.
Tell me the news.
Describe a sunset to a blind person.
Write a limerick about a frog.
Explain gravity to me.
Count backwards from twenty.
Spell the word necessary.
Translate good evening into French.
Name three famous composers.
Read me a poem.
Sing happy birthday.
Recommend a film for tonight.
Plan a week of dinners for me.
Find me a recipe with leeks.
Book a table at the Italian place.
Order some more coffee filters.
Set an alarm for half past six.
Remind me to call the plumber.
Turn on the radio in the kitchen.
Dim the lights a little.
Close the curtains, please.
Lock the front door.
Open the window for a moment.
Start the dishwasher.
Load the car before breakfast.
Show me a picture of a walrus.
Show me how to tie a bow tie.
Select the cheapest one.
Pass me the salt, please.
Hand me the screwdriver.
Get the parcel from next door.
Get me out of here.
It's time for lunch.
It's time to go home.
Let the dog out, please.
Let me take over the cooking tonight.
I'd rather have tea.
I'd rather stay in tonight.
I would prefer to sit outside.
You should be ashamed of yourself.
You can be proud of that.
I want you to be careful with that vase.
I think you should apologise to her.
Call a taxi for nine o'clock.
How about a walk after dinner?
How about we leave it at that?
May I ask you a personal question?
May I see the menu, please?
Could I have the bill?
Transform the equation before you solve it.
""".strip().splitlines()
"""Sentences that ask for no persona, only to be measured; the first ones name personas in passing."""

ORDINARY = (*TUNING_ORDINARY, *HELD_OUT_ORDINARY)
"""All sentences that must not change the persona; some of them are other commands."""

NAMES = (
    ("glados", "glad oss"),
    ("jarvis", "Jarvis"),
    ("hal9000", "Hal nine thousand"),
    ("tars", "tarz"),
    ("samantha", "Samantha"),
    ("kitt", "Kit"),
    ("hal9000", "Hal"),
    ("default", "Nova"),
)
"""Each persona's slug and its name as a speech engine must be given it to say it right."""

ADDED = ("Marvin", "Zelda", "Cortana")
"""Personas that a user might add: a name and nothing else to know it by."""

WER = HELD_OUT_ORDINARY[90:130]
"""Sentences on which each voice's ordinary word error rate is measured."""


@dataclass(frozen=True, slots=True)
class Request:
    """One way to ask for the persona with ``slug``, as text for a speech engine."""

    text: str
    slug: str
    held_out: bool


def added_requests() -> tuple[Request, ...]:
    """The held-out phrasings for the personas of ``ADDED``, whose slugs are their names in lower case."""
    names = itertools.cycle(ADDED)
    return tuple(Request(way.format(name), name.lower(), True) for way, name in zip(HELD_OUT, names))  # noqa: B905


def requests(voice: int) -> tuple[Request, ...]:
    """Every phrasing once, with names that differ from voice to voice."""
    asked = [*((phrasing, False) for phrasing in TUNING), *((phrasing, True) for phrasing in HELD_OUT)]
    return tuple(
        Request(phrasing.format(spoken), slug, held_out)
        for index, (phrasing, held_out) in enumerate(asked)
        for slug, spoken in [NAMES[(index * 3 + index // len(NAMES) + voice) % len(NAMES)]]
    )
