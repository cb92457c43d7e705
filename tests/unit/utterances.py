"""What people say: commands with what they mean, and ordinary sentences that are none."""

from __future__ import annotations

from typing import Any

from assistant.conversation.intents import Reserved
from assistant.tools.result import ToolCall


def _call(tool: str, /, **arguments: Any) -> ToolCall:
    return ToolCall(tool, arguments)


def _each(text: str) -> list[str]:
    return [" ".join(said.split()) for said in text.split("|")]


_SWITCHES = {
    "GLaDOS": """
        Change to GLaDOS. | change to glados | Change to glad us | Change the glad us. | Change two
        glad us | Twitched to glad us. | switch to gladys | Switch over to GLaDOS, please | Could
        you switch to GLaDOS? | Can you please change to glad os now? | Hey, change to GLaDOS! |
        Become GLaDOS | become gla dos | Turn into GLaDOS. | Bring back GLaDOS. | Bring GLaDOS back
        | Put GLaDOS on. | Put GLaDOS back on, please. | GLaDOS, please. | Glados please | I want to
        talk to GLaDOS. | I'd like to speak with GLaDOS | Let me talk to glad us | Can I talk to
        GLaDOS? | talk to GLaDOS | Speak to GLaDOS now. | Could I speak to GLaDOS for a moment? |
        Give me GLaDOS | I want GLaDOS back. | Use the GLaDOS theme | GLaDOS mode. | Change the
        theme to GLaDOS. | Set your persona to GLaDOS | Change theme to glad us | Change your voice
        to GLaDOS | Go back to GLaDOS. | Switch back to GLaDOS | Change it to GLaDOS | Jarvis,
        change to GLaDOS. | Hello. Switch to GLaDOS. | That's enough. Change to GLaDOS please. | No,
        I said GLaDOS. | No, I meant glad us | Okay, now be GLaDOS | You can switch to GLaDOS now |
        I would like you to become GLaDOS | I want you to be GLaDOS | let's talk to GLaDOS | switch
        to glass dose | change to Gladius | Chains to GLaDOS. | Which to GLaDOS.
        | Would you mind switching to GLaDOS? | How about GLaDOS? | Make yourself GLaDOS
        | Can you switch me over to GLaDOS?
    """,
    "JARVIS": """
        Switch to Jarvis. | switch to jervis | change to jar this | Twitched to Jarvis | I want to
        speak with Jarvis. | Can you be Jarvis? | Jarvis please | Bring Jarvis back, please. | Act
        like Jarvis | Let me speak to Jarvis again | change to jar vis | Swap to Jarvis | activate
        Jarvis | Put Jarvis on for a while
    """,
    "HAL 9000": """
        Switch to HAL. | Change to HAL 9000. | change to hal nine thousand | Change to how 9000 |
        switch to Hal 9,000 | Can you be HAL 9000? | HAL, please. | HAL 9000, please. | change to
        hell | I want to talk to HAL | talk to how nine thousand | Become HAL | Switched to HAL.
    """,
    "TARS": """
        Switch to TARS | switched a tars | Change to tarse. | TARS please! | Let me talk to TARS. |
        I need to talk to TARS | What do you mind changing TARS? | Set the person to TARS. | Slap to TARS |
        Become Tars. | Put me through to TARS. | go to TARS
    """,
    "Samantha": """
        Change to Samantha | Switch to some anther | I'd rather talk to Samantha | Samantha, please
        | change to Sam | Be Samantha. | bring in Samantha | May I talk with Samantha? | Let's chat
        with Samantha | Can I have Samantha back?
    """,
    "KITT": """
        Switch to KITT. | switch to kit | Change to kid | KITT, please. | Can you be KITT? | I want
        to talk to Kit. | Turn into KITT | change to Knight Industries Two Thousand | Become Kett
    """,
    "Nova": """
        Change to Nova | switch to the default assistant | change back to Nova | Switch to neutral |
        go back to Nova, please | change to no va | change to normal
    """,
}
SWITCHES = [(said, name) for name, text in _SWITCHES.items() for said in _each(text)]

_COMMANDS: list[tuple[ToolCall | Reserved, str]] = [
    (
        _call("mute"),
        """
        Mute. | mute yourself | Please mute the microphone | Close the mic. | Turn off the
        microphone | turn the mic off please | Microphone off! | Stop listening. | Jarvis, mute. |
        Don't listen to me | Can you switch off your microphone?
        """,
    ),
    (
        _call("go_to_sleep"),
        """
        Go to sleep. | Okay, go to sleep now. | GLaDOS, go to sleep | Go back to sleep please |
        sleep mode | You can go to sleep now. | stand by | Take a nap. | Go to standby | Thank you.
        Go to sleep.
        """,
    ),
    (
        Reserved.WAKE,
        """
        Wake up. | wake up! | Hey, wake up please | Jarvis, wake up | are you awake? | Wake up, HAL.
        """,
    ),
    (
        _call("stop"),
        """
        Stop. | stop stop stop | Stop it! | Stop talking. | Be quiet | be quiet please | Quiet! |
        Shut up. | Never mind. | nevermind | Cancel that. | That's enough. | Okay, stop. | HAL,
        stop. | Silence. | Please stop talking now | Can you be quiet? | Would you please stop? |
        forget it | Hush. | Stop, please. | Oh, shut up, GLaDOS.
        """,
    ),
    (
        _call("set_volume", level="up"),
        """
        Louder. | louder please | Volume up | Turn it up. | Turn up the volume, please. | Speak up!
        | Can you speak louder? | a bit louder | Turn the volume up a little | Increase the volume.
        | Could you be a little louder? | You're too quiet.
        """,
    ),
    (
        _call("set_volume", level="down"),
        """
        Quieter. | volume down | Turn it down, please. | turn down the volume | Lower the volume |
        Not so loud! | Speak more quietly. | a little softer please | You are too loud. | Please
        turn the sound down
        """,
    ),
    (
        _call("set_volume", level=50),
        """
        Volume to 50 percent. | Set the volume to fifty percent | volume 50% | Half volume. | Volume
        to half | Set volume to half please | turn the volume up to fifty | Turn it down to 50
        percent | Change your volume to 50 | fifty percent volume
        """,
    ),
    (
        _call("set_volume", level=75),
        """
        volume seventy-five | Set the volume at seventy five percent.
        """,
    ),
    (
        _call("set_volume", level=100),
        """
        Full volume! | Volume to a hundred percent | maximum volume
        """,
    ),
    (
        _call("time", what="time"),
        """
        What time is it? | what's the time | Tell me the time. | Can you tell me what time it is? |
        Do you know the time? | Jarvis, what time is it? | What time is it now, please? | What is
        the current time? | Hey TARS, what's the time?
        """,
    ),
    (
        _call("time", what="date"),
        """
        What day is it? | what's the date today | What is today's date? | Which day is it today? |
        What date is it? | Tell me the date, please. | What day of the week is it? | What's today?
        """,
    ),
    (
        _call("recall"),
        """
        What do you remember? | What do you remember about me? | what do you know about me | What
        did I ask you to remember? | Read my notes. | Tell me what you remember. | What have I told
        you? | Show me all my notes
        """,
    ),
    (
        _call("recall", query="my sister"),
        """
        What do you remember about my sister? | what do you know about my sister | Recall my sister.
        | What did I tell you about my sister? | Do you remember what I said about my sister?
        """,
    ),
    (
        _call("recall", query="where I parked the car"),
        """
        Do you remember where I parked the car?
        """,
    ),
    (
        _call("remember", text="my sister's name is Anna"),
        """
        Remember that my sister's name is Anna. | Please remember my sister's name is Anna | Can you
        remember that my sister's name is Anna? | Don't forget that my sister's name is Anna. | Keep
        in mind that my sister's name is Anna | Make a note that my sister's name is Anna. | Note
        that my sister's name is Anna, please. | I want you to remember that my sister's name is
        Anna. | HAL, remember that my sister's name is Anna.
        """,
    ),
    (
        _call("remember", text="to buy milk"),
        """
        Remember to buy milk. | Don't forget to buy milk
        """,
    ),
    (
        _call("remember", text="Paul likes tea"),
        """
        Remember Paul likes tea. | remember that Paul likes tea
        """,
    ),
    (
        _call("forget"),
        """
        Forget that. | forget the last note | Please forget what I just said. | Delete the last note
        | Don't remember that. | Jarvis, forget that.
        """,
    ),
    (
        _call("forget", query="my address"),
        """
        Forget my address. | forget about my address | Delete the note about my address | Please
        forget that my address | Forget what I said about my address
        """,
    ),
    (
        _call("forget_everything"),
        """
        Forget everything. | Forget everything I told you | Delete all my notes. | Erase your memory
        | Clear your memory please | Please forget everything about me. | Erase everything
        """,
    ),
    (
        _call("help"),
        """
        Help. | Help me | What can I say? | What can you do? | what are the commands | Show me the
        commands. | What commands do you know? | How do I use you? | Can you help me?
        """,
    ),
    (
        _call("list_personas"),
        """
        Who can you be? | who else can you be | Which personas are there? | List the personas. |
        list all characters | Who else can I talk to? | What voices do you have? | Show me your
        personas | Change to someone else. | Switch to a different persona
        """,
    ),
    (
        Reserved.UNDO,
        """
        No, go back. | go back | Undo. | Undo that, please. | no no, go back | Change it back | Take
        that back. | Switch back. | Revert that | Undo the last change. | No, not that one. | Go
        back to the previous one.
        """,
    ),
    (
        Reserved.YES,
        """
        Yes. | yes please | Yeah, do it. | Sure. | Of course | Go ahead. | Yes, I'm sure. | Okay.
        """,
    ),
    (
        Reserved.NO,
        """
        No. | no thanks | No, don't. | Nope. | Please don't. | No, thank you. | I changed my mind. |
        Rather not
        """,
    ),
]
COMMANDS = [(said, meaning) for meaning, text in _COMMANDS for said in _each(text)]

ORDINARY = """
I want to change to a new job.
HAL is a movie character.
I talked to Jarvis yesterday.
I want to talk to kids about science.
I want to talk to kids.
How are you today?
Tell me a joke.
Who are you?
What is your name?
What's your favourite film?
Tell me about yourself.
I am tired and I want to go to sleep.
My son will not go to sleep.
The baby finally went to sleep at nine.
He told me to be quiet.
I told him to shut up and he was angry.
The bus did not stop.
We should stop eating so much sugar.
Stop me if you have heard this one.
I never mind a bit of rain.
What time is it in Tokyo?
What time is dinner?
What time does the train leave?
I do not have the time for that.
Time flies when you are having fun.
It was a long time ago.
What day is the party?
The date of the meeting was moved.
She went on a date last night.
Do you remember the nineties?
Remember when we went to Paris?
Remember, practice makes perfect.
Remember that movie?
I can't remember his name.
I will always remember that day.
You remember me, don't you?
Do you remember me?
Don't forget me.
I forget things all the time.
I forgot my keys at the office.
I will never forget that evening.
He forgot everything he learned at school.
Forget the rules, just play along and have fun with it tonight.
My volume of Shakespeare is missing.
The volume of a sphere is hard to remember.
Turn up at eight, she said.
She turned it down, the offer I mean.
He turned down the job.
Louder music is not better music.
The neighbours are so loud.
I bought a new microphone yesterday.
The microphone on my laptop is broken.
My phone is on mute all day.
Deaf and mute people use sign language.
Can you help me with my homework?
Help is on the way.
I need help with a maths problem.
Who can you trust these days?
What can I cook with eggs and spinach?
What can you do about it?
What do you think about music?
What do you know about black holes?
What do you remember from your training, if anything, and does it matter?
I would like to change the subject.
Change the subject.
Let's change the topic.
I need to change my shirt.
Could you change a tire?
I had to change the tires on my car.
I should switch to winter tires.
I want to switch to decaf.
I'd like to switch to a vegetarian diet.
We switched to a new internet provider.
They changed the station name.
Things change too quickly for me.
People change.
I changed my password today.
The weather changes to rain tomorrow.
I switched the lights off.
Turn off the lights.
Play some music.
Call my mother.
Talk to you later.
Talk to me about art.
I want to talk about my day.
I need to talk to my boss tomorrow.
Let me talk to my wife first.
I'd like to speak with a doctor.
Can I talk to you about something?
I was talking to Samantha about the wedding.
Sam said he would come at six.
Samantha is my sister.
My friend Sam wants to be an actor.
Tell Sam I said hello.
Sam and I went to the market.
TARS is my favourite robot in that film.
Have you seen the film with TARS?
Is GLaDOS evil?
GLaDOS wanted cake in the game.
What does HAL stand for?
Why did HAL kill the crew?
KITT was a talking car in the eighties.
Who built Jarvis in the comics?
Do you know Jarvis?
I like GLaDOS better than you.
The kit arrived this morning.
Put the kit back.
Bring back the kit.
Give me the kit, please.
Can I have the kit back?
I bought a first aid kit.
Where did I put my kit?
The stars are bright tonight.
I love cars.
How far away are the stars?
The doors are locked.
I put the kettle on.
Put the kettle on.
Put the kids to bed.
Bring back some milk from the shop.
Bring the kids back by six.
I became a teacher because I love children.
I want to become a pilot.
I want to be happy.
Can you be serious for once?
Be careful on the ice.
Be honest with me.
Are you happy?
You are funny.
You're welcome to come along.
I am not sure what to say.
That is right next to the station.
Yes, but I would prefer the blue one.
Yes, I went there last summer with my family.
No, I don't think that is true.
No way that really happened to you.
No one told me about the meeting.
Okay, so what should we do tomorrow?
Sure, I can explain it again.
I went back home after lunch.
We can't go back to how things were in the nineties.
Go back in time and tell me what you see.
He would like to go back to school.
Take your hands back off the table.
Undo buttons are the best invention.
I woke up at seven.
I need to wake up early tomorrow.
Wake me up at seven.
What wakes you up in the morning?
Good night.
Good morning.
Hello there.
Thank you.
Thanks a lot.
Please.
That was very helpful.
Tell me something interesting.
What is the capital of France?
How tall is Mount Everest?
Why is the sky blue?
Who won the world cup in 1998?
What is two plus two?
How do I boil an egg?
How do you make bread?
What is the weather like?
Will it rain tomorrow?
I am going to the shop.
My dog is sick.
I feel lonely today.
I had a great day at work.
My sister's name is Anna.
I live in Edinburgh.
I was born in 1984.
My favourite colour is green.
I think therefore I am.
Do you have feelings?
Do you dream?
Are you alive?
Can you sleep?
Do you ever sleep?
Can you hear me?
Can you see me?
Are you listening?
Are you there?
Where are you?
What are you?
What are you doing?
How old are you?
Who made you?
What do you want?
Do you like music?
Tell me a story about a dragon.
Sing me a song.
Let's play a game.
Let's talk about philosophy.
Let me think about it.
Let me tell you about my day.
I would like to hear a poem.
Give me a minute.
Give me some advice.
Give me the recipe for pancakes.
Get me a taxi.
I want a sandwich.
I want you to listen carefully.
I want to know more about space.
I need a new phone.
I need more time.
Can I have some water?
Could you explain that again?
Would you like some tea?
You should see the garden in spring.
You can say that again.
You may be right about that.
It depends on the situation.
It's quiet here in the evening.
Enough is enough, they shouted.
I have had enough of this weather.
The silence was beautiful.
We cancelled the trip.
They cancelled their subscription because of the price.
The show will be cancelled next year.
Note the difference between the two.
He made a note of her address.
Her memory is excellent.
Memory is a strange thing.
My memory is getting worse.
We erased the whiteboard.
The history of Rome is long.
I like a clear history book.
Load the dishwasher.
Activate your imagination.
Use your imagination.
Use the other door.
Go to the next page.
Go to bed.
I go to work by bike.
Move to the left a bit.
Which to choose is a hard question.
Watch the stars with me.
Watch the road.
Chance the rapper is on the radio.
He is half asleep.
Half of it is mine.
Three quarters of the cake is gone.
A full moon is rising.
The sound of rain makes me sleepy.
Your voice is nice.
Your voice sounds tired.
The theme of the book is love.
He plays a character in a series.
The characters in that book are dull.
There are many voices in the choir.
The others are waiting outside.
Someone else did it.
Make yourself at home.
Make yourself a cup of tea.
How about dinner tonight?
Show me the way home.
Would you mind closing the door?
I prefer tea.
Switch channels.
It was somebody else.
""".strip().splitlines()
