"""Utterances with a pause inside that are only measured: nothing may be chosen by how they fare.

Written by somebody who had not seen the program, after its waits were chosen.
"""

from __future__ import annotations

from tests.voice.suite.paused import Place, sentences

HELD_OUT = sentences(
    Place.ANYWHERE,
    """
    Set a timer for, | twelve minutes please.
    So, | what's the weather looking like this weekend?
    Can you play that song by, uh, | Fleetwood Mac, the one about dreams?
    I need to buy eggs, butter, | and some of that oat milk we had last time.
    Turn off the lights in the kitchen, | and the hallway too.
    What was the name of the, um, | the restaurant we ordered from on Friday?
    Okay, | let's start the meeting notes.
    Send a message to, | Daniel and tell him I'm running late.
    I think I left my keys at work, | or maybe they're in the car.
    How long does it take to, | boil an egg if you want it soft in the middle?
    Well, | I didn't sleep very much last night.
    If it rains tomorrow, | can you remind me to bring the washing in?
    Is there a pharmacy open, | near the train station at this hour?
    Move my dentist appointment to, um, | Thursday afternoon, if there's anything free.
    I'm trying to figure out, | whether we should take the train or just drive.
    Hey, | can you turn the music down a bit?
    My daughter has a spelling test on Monday, so, | could you quiz her on some hard words?
    Add paper towels, dish soap, | trash bags, and light bulbs to the shopping list.
    What's the difference between, | baking soda and baking powder?
    I want to book a table for, | six people on Saturday night.
    That's a good idea, | but I don't think we have enough time for it.
    Could you look up, uh, | how many calories there are in an avocado?
    Remind me when I get home, | to call my sister about the birthday party.
    The printer on the second floor is, | not working again.
    Who was the, | first woman to win a Nobel Prize?
    Wake me up at seven, | no, actually, make it half past six.
    I was reading this article about, you know, | how whales talk to each other.
    Do you know if, | the library is open on Sundays?
    Read me the last email from, | Patricia in accounting.
    We had a really nice time at the lake, | and the kids didn't want to come home.
    Um, | what day is it today?
    Can you tell me a story about, | a dragon who's scared of fire?
    I'd like the bedroom to be, like, | nineteen degrees when I go to sleep.
    When I was living in Portugal, | we used to eat dinner at ten at night.
    Please cancel, | the alarm for tomorrow morning.
    How do you say, | where is the bathroom, in Japanese?
    Yeah, no, | I don't need that one anymore.
    The password for the guest network is, | sunflower, all in small letters.
    I'm meeting Rachel, Tom, | and, what's his name, the new designer, for lunch.
    Could we maybe, | push the call back by an hour?
    I've got a headache, | is it okay to take ibuprofen with cold medicine?
    Find me a recipe with chicken, | and spinach that doesn't take more than half an hour.
    What I really want to know is, | how much it would cost to fix the roof.
    Is my flight to, um, | Denver still on time?
    Actually, | leave the porch light on.
    She told me that her mother, | who's almost ninety, still goes swimming every morning.
    Put on something, | quiet, I'm trying to work.
    How far is it from here to, | the nearest charging station?
    I need to write an email to my landlord, and, um, | I want it to sound polite but firm.
    You know what, | let's just order pizza.
    Did the package, | from the shoe store get delivered yet?
    Divide eighty four by, | seven for me.
    I can't decide whether to paint the room green, | or a sort of warm grey.
    It's freezing in here, | can you turn up the heat?
    Right, | and after that, what's on my calendar?
    My neighbor's dog keeps barking because, | I guess, they leave him alone all day.
    Schedule a, uh, | a one on one with Kevin for sometime next week.
    I watched the game last night, | the one against Chicago, and it was just awful.
    Does this bus go to the, | the airport, or do I have to change somewhere?
    Thanks, that was helpful, | and could you also save it to my notes?
    """,
)
