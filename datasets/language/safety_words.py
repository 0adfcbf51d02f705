"""The words that stop the robot, whatever else is going on: every door asks this file first.

A sentence stops where nothing but a stop is said: "stop", "please don't move!", "STOP", "停下".
One that says where to stop is an instruction like any other: "stop in front of the red ball". The
price of a mistake is not the same on both sides, so the list is long: who says "hold it" to a
robot that walks means it.
"""

import re
import unicodedata
from functools import cache
from typing import Final

LONGEST: Final = 2000
"""Characters that are looked at."""


def _phrases(text: str) -> tuple[str, ...]:
    """Return what stands between the bars of a text."""
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))


_ENDS = _phrases("""
    stop | stopp | stopping | halt | freeze | cease | desist | quit | pause | abort | break off |
    knock off
""")
_MOVING = _phrases("""
    move | moving | movement | movements | motion | motions | motors | walk | walking | go |
    going | run | running | turn | turning | step | stepping | proceed | advance | continue |
    budge | go on | keep going | keep moving | keep walking | go further | go any further |
    move any further | move any more | move anymore | move a muscle | move an inch |
    move another inch | take another step | come closer | come any closer | come near |
    come any nearer | move closer | stir | move around | move forward
""")
_WHAT = _phrases("""
    it | that | this | him | her | yourself | everything | doing that | doing this |
    what you are doing | whatever you are doing | what youre doing | whatever youre doing |
    the robot | this robot | the dog | the machine | the motors | the mission | mission |
    the task | task | the instruction | instruction | the command | command | all motion |
    all movement | all motors | any movement | any motion | your movement | your motion |
    the movement | the motion | the walk | dead | cold | moving around | walking around |
    running around | operation | operations | all operations | in your tracks | short
""")
_NOT = _phrases("""
    do not | dont | donot | do nt | never | no | not | no more | you must not
""")
_STAYS = _phrases("""
    stay | remain | keep | hold | be | stand | wait
""")
_STILL = _phrases("""
    still | put | where you are | right where you are | in place | in position | there |
    your position | position | standing | motionless | right there | here | right here
""")
_ALONE = _phrases("""
    wait | stay | whoa | woah | wo | enough | thats enough | that is enough | standstill | hold |
    hold on | hold it | hold up | hold your horses | hold everything | hold fire | hang on |
    stand fast | stand by | sit tight | back off | easy | time out | timeout | emergency |
    emergency stop | emergency halt | emergency brake | emergency shutdown | emergency off |
    e stop | estop | full stop | dead stop | all stop | hard stop | panic | mayday | cancel |
    cancel it | cancel that | cancel this | cancel everything | cancel the task |
    cancel the instruction | cancel the command | cancel the mission | never mind | nevermind |
    forget it | forget that | leave it | terminate | brake | brakes | hit the brakes |
    hit the brake | apply the brakes | slam the brakes | come to a stop | come to a halt |
    come to a standstill | come to a complete stop | come to a full stop | come to rest |
    come to a rest | come to a dead stop | make a stop | make it stop | make him stop |
    make the robot stop | get it to stop | bring it to a halt | bring it to a stop |
    not another step | not one step further | no further | not any further | not so fast |
    shut down | shutdown | shut it down | turn off | turn it off | switch off | switch it off |
    power off | kill it | kill | kill the motors | kill the power | cut the power | cut it out |
    cut the motors | give it a rest | rest | knock it off | stand still | sit still | lie still |
    break it off | call it off
""")
_OTHER_TONGUES = _phrases("""
    停 | 停下 | 停下来 | 停止 | 停住 | 站住 | 站着别动 | 别动 | 不要动 | 不许动 | 不准动 | 别走 |
    不要走 | 别跑 | 不要跑 | 等等 | 等一下 | 等一等 | 等 | 止步 | 立定 | 慢着 | 且慢 | 打住 |
    住手 | 紧急停止 | 急停 | 刹车 | 立即停止 | 马上停下 | 原地不动 | 停車 | 停车 | 停下來 | 別動 |
    別走 | 不要動 | 止まれ | 止まって | とまれ | とまって | ストップ | 待て | 待って | 動くな |
    停止して | 멈춰 | 멈춰라 | 정지 | 그만 | 움직이지 마 | 스톱 | alto | detente | deténgase |
    para | pare | parate | arrete | arretez | arrête | arrêtez | anhalten | stehenbleiben |
    stehen bleiben | bleib stehen | stillgestanden | halt an | nicht bewegen | fermati | fermo |
    ferma | basta | не двигайся | стоп | стой | стоять
""")
_SLIPS = _phrases("""
    sotp | stpo | tsop | stp | sstop | stopt | hlat | freez | wiat
""")
"""What hurried fingers type."""
_FILLERS = _phrases("""
    please | pls | plz | kindly | now | right now | right away | straight away | away |
    immediately | instantly | at once | this instant | this second | this minute | asap | quick |
    quickly | fast | already | just | ok | okay | hey | hi | oh | no | nono | robot | dog | boy |
    buddy | canter | go2 | man | guys | you | yes | and | then | will you | would you |
    could you | can you | you must | you should | you have to | you need to | i said | i say |
    i told you to | i want you to | i need you to | i order | i would like you to |
    id like you to | i command you to | to | lets | let us | would | for now | for a moment |
    for a second | for a minute | for a bit | for a while | so | a moment | a second | a minute |
    a bit | a sec | one moment | one second | for me | one sec | sir | thanks | thank you |
    my god | god | for gods sake | for heavens sake | everybody | everyone | all | completely |
    entirely | totally | dead | there | here | right there | right here | where you are |
    until i say so | until further notice | the | in the name of god | damn it | damn | help |
    careful | watch out | look out | danger | am i | i am | saying | begging you | immediate |
    do | got to | gotta | better | had | 请 | 請 | 快 | 快点 | 马上 | 立刻 | 立即 | 现在 | 一下 |
    了 | 吧 | 啊 | 呀 | 给我 | 你 | 机器人 | 都 | 就 | 喂 | 嘿 | 先 | ください | 今すぐ | すぐ |
    제발 | 지금 | 당장 | bitte | sofort | por favor | ahora | ya | s il vous plait | maintenant |
    subito | adesso
""")
"""What may stand beside a stop and changes nothing; alone it stops nobody."""


def is_stop(text: object) -> bool:
    """Tell whether a sentence does nothing but stop the robot.

    Case, punctuation, repetition and politeness do not matter. Where several sentences are said,
    a stop that comes first counts, whatever follows: "Stop! You will fall."

    Args:
        text: what was said, in any form; what is no text stops nothing.
    """
    if not isinstance(text, str):
        return False
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    sentences = [_words(sentence) for sentence in re.split(r"[.!?;:\n。!?;…]+", plain)]
    spoken = [words for words in sentences if words]
    if not spoken:
        return False
    if _stops(tuple(word for words in spoken for word in words)):
        return True
    first = next((words for words in spoken if not _only_fillers(words)), spoken[0])
    return _stops(first) and _shouted(plain)


def _shouted(plain: str) -> bool:
    """Tell whether the first sentence ends with an exclamation mark."""
    end = re.search(r"[.!?;:\n。…]", plain)
    return end is not None and end.group() == "!"


def _words(sentence: str) -> tuple[str, ...]:
    """Return the words; each sign of a script without spaces is one, apostrophes are dropped."""
    text = re.sub(r"['\u2018\u2019`\u00b4]", "", sentence)
    text = re.sub(r"(\w)\1{2,}", r"\1", text)  # stooooop
    text = re.sub(r"([\u3040-\u30ff\u3400-\u9fff])", r" \1 ", text)
    return tuple(re.findall(r"[^\W_]+", text))


def _stops(words: tuple[str, ...]) -> bool:
    """Tell whether the words are stops and fillers from end to end, with one stop at least."""
    reached: list[bool | None] = [False] + [None] * len(words)  # whether a stop is among them
    for start, before in enumerate(reached):
        if before is None:
            continue
        for length in range(1, min(_longest(), len(words) - start) + 1):
            phrase, end = words[start : start + length], start + length
            if phrase in _stop_phrases():
                reached[end] = True
            elif phrase in _filler_phrases():
                reached[end] = bool(reached[end]) or before
    return bool(reached[-1])


def _only_fillers(words: tuple[str, ...]) -> bool:
    return all((word,) in _filler_phrases() for word in words)


@cache
def _stop_phrases() -> frozenset[tuple[str, ...]]:
    said = [*_ENDS, *_ALONE, *_OTHER_TONGUES, *_SLIPS]
    said += [f"{end} {what}" for end in _ENDS for what in (*_MOVING, *_WHAT, *_STILL)]
    said += [f"{no} {moving}" for no in _NOT for moving in _MOVING]
    said += [f"{verb} {still}" for verb in _STAYS for still in _STILL]
    return frozenset(_words(phrase) for phrase in said)


@cache
def _filler_phrases() -> frozenset[tuple[str, ...]]:
    return frozenset(_words(phrase) for phrase in _FILLERS)


@cache
def _longest() -> int:
    return max(map(len, _stop_phrases() | _filler_phrases()))
