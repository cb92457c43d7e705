"""Ways to ask for a persona, and sentences that ask for none, by authors who had not seen the program.

``{}`` stands for the persona's name. They were looked at while the wordings were made: what is measured on
sentences that nobody looked at stands in the voice suite.
"""

REQUESTS = """
{}, I'd like to talk to you now
switch to {}
change to {} please
can I talk to {}
put {} on
let me speak to {}
I want to talk to {}
could you be {} for a while
become {}
give me {}
{} please
I'd like {} now
bring back {}
be {} again
turn into {}
activate {}
load {}
load up the {} personality
use {} from now on
go back to {}
get me {}
get {} on the line
hand me over to {}
pass me to {}
pass me over to {} would you
I'd rather talk to {}
I'd prefer {} if that's okay
can we switch to {}
could we have {} back
can you get {} for me
would you mind switching to {}
would you mind getting {} for me
is it okay if I talk to {} instead
may I speak with {} please
might I have a word with {}
I need {} for this
I need to speak to {}
let's have {} now
let's switch over to {}
let's try {}
let's go with {}
let's hear from {} for a bit
how about {} instead
how about we try {} today
what about letting {} take over
why don't you change to {}
why don't we swap to {}
I'm bored of you, give me {}
I'm tired of you, switch to {}
you're getting on my nerves, get {}
you're no fun, bring {} back
I've had enough of you, put {} on
I've heard enough from you, let {} talk
you're too gloomy today, change to {}
you're too chatty, I want {}
I fancy a change, put {} on
I fancy a chat with {}
I feel like talking to {}
I'm in the mood for {}
I miss {}, bring them back
I miss {}, can you switch
I wish I could talk to {} now
I wish you were {} right now
I was hoping to speak to {}
I was wondering if you could switch to {}
do you think I could talk to {}
do you mind if we go to {}
any chance I could get {}
any chance of having {} back
is there any way to get {} on
is {} available, I'd like to talk to them
is {} around, put them on
{}, take over
{}, take it from here
{}, you're up
{}, come back
{}, I want to talk to you now
{} mode
{} mode please
go into {} mode
enable {} mode
turn on {}
start {}
start up {} for me
wake up {}
fire up {}
boot up {}
launch the {} persona
select {}
choose {} as my assistant
pick {} this time
set the persona to {}
set my assistant to {}
make {} my assistant
make yourself {}
make it {} from now on
change the voice to {}
change your personality to {}
change your persona to {} please
switch your voice over to {}
switch personas, I want {}
swap to {}
swap over to {} will you
swap places with {}
move over, I want {}
step aside and let {} talk
let {} take over
let {} handle this one
let {} answer from now on
I'll take {} please
I'll have {} for the rest of the evening
I think I'll go with {}
I think I want {} today
I guess we could try {} now
um, can you switch to {}
uh, give me {} I guess
er, could I have {} please
hmm, let me try {}
erm, change to, uh, {}
well, um, I'd like to talk to {}
okay now be {}
okay, {} now
right then, over to {}
alright, let's get {} in here
hey, can you do {} for me
hey, swap in {} real quick
so can I get {} back now
actually, go to {}
actually no, make it {}
no, not you, I want {}
wrong one, I wanted {}
sorry, I meant to ask for {}
that's enough. bring in {}
thanks for your help. now get me {}
this isn't working. can I have {}
it's late. switch to {} please
the kids want {}, can you change
my daughter wants to talk to {}
my friend wants to hear {}, switch over
we'd like {} for the party please
I need a laugh, get {}
I need someone nicer, put {} through
can you please put {} back on
can you connect me to {}
connect me with {}
patch me through to {}
could you fetch {} for us
would you be {} for me please
will you change back to {} now
I want {} to be my assistant
from now on I want you to be {}
switch to {}
be {} now
become {}
can I speak with {}
let me talk to {}
bring back {}
give me {} instead
I'd like {} now, please
hey, can you be {}
change your voice to {}
load the {} persona
go to {} mode
turn into {}
let's go with {} this time
how about we switch to {}
is {} there? I want to talk to him
{}, are you there? come on in
can you make {} answer me from now on
from now on you are {}
start talking like {}
Please change over to {}.
Switch personas to {}.
Could I talk with {} for a minute?
I'd rather have {}.
Transform into {}.
Hand me over to {}.
It's time for {}.
Load up {}.
Can we switch back to {}?
{} mode, please.
I would prefer to speak to {}.
Let {} take over.
Show me {}.
Start {}.
I think you should change to {}.
Would you please turn yourself into {}?
Get {} in here.
Put {} on the line.
How about we talk to {}?
Select {}.
I want you to act like {}.
Go to {}.
I'd like {} to answer.
Okay computer, switch to {}.
You can be {} now.
Pass me to {}.
Change it to {} right away.
May I speak to {}, please?
Act like {} from now on.
Could you behave like {} today?
Sound like {} for a while.
""".strip().splitlines()

NOT_UNDERSTOOD = """
would you mind getting {} for me
might I have a word with {}
{}, you're up
wake up {}
okay, {} now
wrong one, I wanted {}
sorry, I meant to ask for {}
we'd like {} for the party please
""".strip().splitlines()
"""Of these, what is taken for ordinary talk: too near to what is said of people, or to another command."""

ORDINARY = """
I'll take the kit
you sound like HAL
you act like Samantha
you talk like GLaDOS today
they act like TARS
I'll have the kit for my birthday
let's try the nova
I think JARVIS is smarter than most people I know
who built JARVIS in the films
was JARVIS based on a real butler
thanks JARVIS, that was really helpful
JARVIS, what time is my first meeting
what does JARVIS stand for
my brother named his server JARVIS
so JARVIS, do I need an umbrella today
did JARVIS die in Age of Ultron
good morning JARVIS, how did you sleep
GLaDOS is so mean in the second game
what does GLaDOS say about the cake
who does the voice of GLaDOS
GLaDOS was turned into a potato, remember
is GLaDOS evil or just lonely
tell me GLaDOS, how far away is the moon
I dressed up as GLaDOS for Halloween once
that joke sounded like something GLaDOS would say
nice one GLaDOS, now set a timer for ten minutes
how many games is GLaDOS in
HAL 9000 scared me when I was a kid
why did HAL 9000 refuse to open the doors
what year was HAL 9000 made operational
who played HAL 9000 in the movie
I read that HAL 9000 is one letter off from IBM
what song does HAL 9000 sing at the end
is HAL 9000 the villain of the story
okay HAL 9000, turn off the hallway light
my dad can quote every line HAL 9000 says
did HAL 9000 feel any pain
TARS was my favourite part of Interstellar
what is the humour setting on TARS
was TARS a puppet or computer graphics
how did TARS survive the black hole
TARS, how long does it take to boil an egg
you were very funny yesterday TARS
who operated TARS on set
is TARS named after anything
we watched the scene with TARS on the water planet
hey TARS, remind me to call the dentist
Samantha is coming over for dinner tonight
who voiced Samantha in that film
did Samantha really love Theodore
Samantha, what's the weather like in Leeds
my sister's called Samantha as well
I was talking about Samantha with my therapist
why does Samantha leave at the end
I liked your answer, Samantha, thank you
Samantha said she would be ten minutes late
happy birthday to Samantha from all of us
KITT was a Pontiac, wasn't it
what kind of car is KITT
my uncle has a model of KITT on his desk
how fast could KITT go
who was the voice of KITT
KITT, where is the nearest petrol station
KITT had a red light on the front
I loved watching KITT on Saturday afternoons
was KITT ever stolen in the series
you did well there KITT
Nova sounds a bit tired today
what is a nova in astronomy
how old is Nova supposed to be
Nova, add milk to the shopping list
where does the name Nova come from
I don't know whether I like Nova or Samantha more
which is funnier, TARS or GLaDOS
would JARVIS and KITT get along
what's the difference between Nova and JARVIS
my kids keep arguing about GLaDOS and HAL 9000
switch to the other camera
switch off the kitchen light
switch to channel four
change the channel please
change my alarm to seven thirty
can you change the bedroom light to blue
I need to change my shirt before we leave
put the kettle on
put some jazz on
put the heating on for an hour
put eggs on the shopping list
let me talk to mum before she goes
I want to talk to my doctor on Monday
I need to speak to the bank about my card
give me the news headlines
give me a minute
give me a recipe for lentil soup
bring back the towels when you come down
bring me a glass of water, love
turn on the fan
turn into the next street on the left
be quiet for a second
be careful with that knife
go back to sleep
let's try the Italian place tonight
can we swap seats
I swapped my shift with Dave
pass me the salt please
load the dishwasher before you go out
wake me up at six
activate the alarm when we leave
start the washing machine
pick a random number between one and ten
choose a film for tonight
set the thermostat to nineteen degrees
make it a bit louder
I'd like a taxi for eight o'clock
I'm bored, give me something to do
get me directions to the airport
take over the cooking for a minute, will you
is Mum there
is Tom home yet
is anyone there
is there any milk left
is the shop on the corner still open
is Peter with you
is the cat in the garden
is Grandma awake
is the doctor in today
is Lucy around this weekend
is dinner ready
is there a pharmacy near here
where is my phone
where are the car keys
where's Dad gone
where is Emily at school these days
where did I leave my glasses
where is the nearest hospital
where's the dog
where is Reykjavik
can you make pancakes without eggs
can you make a list for the party
can you make the screen brighter
can you make me a coffee
can you make the music quieter
can you make this shorter
can you make a reservation for four people
can you find my headphones
can you call Sarah
can you ask Ben when he's coming
can you see the parcel on the doorstep
can you hear the baby
who is at the door
who's there
are the kids in bed
are you there
are the neighbours back from holiday
has Anna called
has the postman been yet
do you know where Charlie is
who played Jarvis in the first Iron Man movie
I watched the HAL 9000 scene again last night
where did you put the first aid kit
I need a new drum kit for my birthday
how do I get to the stadium from here
there are so many stars out tonight
two cars were parked in front of the gate
Sam is coming over for dinner on Friday
Samantha from accounting called you this morning
I'm so glad you could make it
what exactly is a nova in astronomy
was Knight Rider about a car called KITT
I think GLaDOS is the funniest villain in any game
does the roof get a new layer of tar every year
my sister Samantha just bought a house in Leeds
Hal from next door borrowed our ladder
how will the weather be in Nova Scotia next week
Jarvis Cocker was the singer of Pulp
I read that TARS was a puppet on the set
what does HAL stand for in the movie
do you know who wrote the lines for GLaDOS
we had a bossa nova band at the wedding
did you pack your football kit for tomorrow
my favourite robot in Interstellar is TARS, not CASE
what was the name of the actress who voiced Samantha
can you change the alarm to half past six
switch off the lamp in the hallway
turn the volume down a little
turn left at the next traffic light, honey
when did Alaska become a state
he wants to become a plumber like his uncle
bring me the scissors from the drawer
don't forget to bring your umbrella
put milk and eggs on the shopping list
put the kettle on, would you
I have to talk to my landlord about the heating
I'm going to talk to the doctor tomorrow
I want to go to the beach this weekend
go to sleep, sweetheart, it's late
give me a quick recipe for pancakes
give me a second, I'm on the phone
can you switch the radio to the news
I need to change the sheets before my parents arrive
let's change the subject, shall we
should I switch to a cheaper phone contract
what time is it in Tokyo right now
set a timer for twelve minutes
did anyone feed the cat today
how long do I boil an egg
what's the capital of Mongolia
remind me to water the plants tonight
I can't find my glasses anywhere
is it going to rain this afternoon
tell me something interesting about octopuses
that film was way too long for me
how many grams are in an ounce
she said the train was forty minutes late again
why do onions make you cry
play some quiet jazz in the kitchen
what's on my calendar for Wednesday
my back has been hurting since Sunday
who won the match last night
thanks, that was really helpful
no, not that one, the blue one
could you explain how vaccines work
we're out of toilet paper again
what's seventeen percent of two hundred and forty
how do you spell necessary
I think the washing machine is finished
tell me a joke about penguins
is the pharmacy still open at this hour
dinner's ready, come and sit down
what did you just say
can dogs eat blueberries
I had the strangest dream last night
what's the difference between a crocodile and an alligator
please read that back to me
the neighbours are having another party
how far away is the moon
never mind, I figured it out
""".strip().splitlines()
