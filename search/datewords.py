"""The words that dates are written with, in English, Russian and, for months and years, Kazakh: closed classes only."""

from __future__ import annotations

from functools import cache
from typing import Final

Senses = dict[str, int]
"""What a word can be in a date, by class: {"month": 1}, {"number": 25}, {"last": -1}."""

NUMBERS: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen"
    "|nineteen|twenty"
).split("|")
ORDINALS: Final = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
    "|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
).split("|")
# In each case that a date can stand in.
_NUMBERS_RU: Final = (
    "один одного одну одна одно, два две двух двумя, три трёх трех тремя, четыре четырёх четырех, пять пяти, "
    "шесть шести, "
    "семь семи, восемь восьми, девять девяти, десять десяти, одиннадцать одиннадцати, двенадцать двенадцати"
)
_ORDINALS_RU: Final = (
    "перв втор треть четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат "
    "пятнадцат шестнадцат "
    "семнадцат восемнадцат девятнадцат двадцат"
)
_ADJECTIVE: Final = (
    "ый ий ой ого его ому ему ым им ом ем ой ей ая яя ую юю ые ие ых их ыми ими ое ее ье ья ью ьего ьей ьем"
)
_CASES_KK: Final = (
    "да де та те дан ден тан тен ан ен дағы дегі тағы тегі ның нің дың дің тың тің ға ге қа ке а е ың ің"
).split()
"""The cases that a month stands in in Kazakh, in itself ("ақпанда") and as that of a year ("ақпанында")."""
_WEEKDAYS: Final = (
    "monday понедельник понедельника понедельнику, tuesday вторник вторника вторнику, wednesday среда среду среды, "
    "thursday четверг четверга четвергу, friday пятница пятницу пятницы, saturday суббота субботу субботы, "
    "sunday воскресенье воскресенья"
)
_ABBREVIATED_DAYS: Final = "mon tue wed thu fri sat sun"
_SEASONS: Final = (
    "spring весна весной весны весну весне, summer лето летом лета лету лете, "
    "autumn fall осень осенью осени, winter зима зимой зимы зиму зиме"
)
_UNITS: Final = {
    "days": "day days день дня дней",
    "weeks": "week weeks неделя неделю недели недель неделе",
    "months": "month months месяц месяца месяцев месяце",
    "quarters": "quarter квартал квартала квартале",
    "years": "year years год года году годом годы годов годах лет жыл жылы жылғы жылдың жылда",
    "decades": "decade decades десятилетие десятилетия десятилетии",
    "centuries": "century centuries век века веке веку веков веках столетие столетия столетии столетий",
    "halves": "half половина половину половине половины полугодие полугодии полугодия",
}
_DEICTIC: Final = {  # whole words in English, stems of adjectives in Russian
    -1: ("last past previous", "прошл минувш прошедш предыдущ последн"),
    0: ("this current", "нынешн текущ"),
    1: ("next coming", "следующ будущ ближайш предстоящ"),
}
_THIS: Final = "этот этого этом эта эту этой это эти этих"
_DAYS: Final = {
    -2: "позавчера",
    -1: "yesterday вчера",
    0: "today сегодня tonight",
    1: "tomorrow завтра",
    2: "послезавтра",
}
_SPOKEN: Final = {  # words that stand beside dates; what each does is for the grammar
    "ago": "ago назад",
    "of": "of",
    "the": "the",
    "part": "early late mid beginning start middle end начало начала началу начале конец конца концу конце "
    "середина середины "
    "середину середине утром вечером ночью днём днем",
    "daytime": "morning afternoon evening night утром вечером ночью днём днем утра вечера",
    "and": "and и",
    "to": "to through until till до по",
    "between": "between между",
    "from": "from с со от",
    "since": "since начиная",
    "until": "until till до",
    "by": "by к ко",
    "before": "before",
    "after": "after после following",
    "yeared": "год года году годом годы годов годах гг г жылы жылғы жылдың жылда жыл",
    "since_year": "жылдан",
    "future": "will shall scheduled expected due upcoming forthcoming будет будут состоится состоятся "
    "запланирован запланирована "
    "запланировано запланированы намечен намечена намечено намечены",
    "setting": "moved postponed postpones postpone postponing rescheduled reschedules reschedule adjourned adjourns "
    "adjourn deferred delayed pushed shifted off forward extended extends extend prolonged summoned summons invited "
    "invites called calls "
    "convened announced announces set fixed planned plans slated booked listed remanded "
    "deadline deadlines срок срока сроки "
    "перенести перенес перенёс перенесла перенесли перенесен перенесён перенесена перенесено перенесены переносится "
    "переносятся переносят перенесут отложить отложил отложила отложили отложен отложена отложено отложены "
    "откладывается назначить назначил назначила назначили назначен назначена назначено назначены вызвал вызвала "
    "вызвали вызван вызвана вызваны вызывают вызывается пригласил пригласила пригласили приглашен приглашён приглашена "
    "приглашены анонсировал анонсировала анонсировали анонсирован анонсирована анонсировано объявил объявила объявили "
    "объявлен объявлена объявлено объявлены продлил продлила продлили продлен продлён продлена продлено продлены "
    "сдвинул сдвинули сдвинут сдвинута сдвинуто сдвинуты созвал созвали созван созвана планирует планируют планируется",
    "set for": "to for until till на до к",
    "at": "in on at during for of since from by until till before after between and to or through throughout "
    "every each as "
    "в во на за к ко с со до по от из о об после около между и или для через уже ещё еще",
}


_ROMAN: Final = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi"


@cache
def lexicon() -> dict[str, Senses]:
    """Return the senses of every word, in small letters, that can stand in a date."""
    senses: dict[str, Senses] = {}

    def learn(kind: str, value: int, words: str) -> None:
        for word in words.split():
            senses.setdefault(word, {})[kind] = value

    for number in range(1, 10_000):
        learn("number", number, f"{number} {number:02}")
    for number in range(1000, 2100, 10):
        learn("decade", number, f"{number}s")
    for number in range(1, 32):
        suffixed = [f"{number}{suffix}" for suffix in ("st", "nd", "rd", "th")]
        learn("ordinal", number, " ".join(suffixed))
    learn("ordinal", 1, "1er 1º")
    for number, (english, ordinal) in enumerate(zip(NUMBERS, ORDINALS, strict=True), 1):
        learn("count", number, english)
        learn("ordinal", number, ordinal)
        learn("ordinal", 20 + number, f"twenty-{ordinal}")
    learn("count", 1, "a an")
    for number, words in enumerate(_NUMBERS_RU.split(","), 1):
        learn("count", number, words)
    for number, stem in enumerate(_ORDINALS_RU.split(), 1):
        learn("ordinal", number, _declined(stem))
    for number, words in enumerate(_WEEKDAYS.split(",")):
        learn("weekday", number, words)
    for number, word in enumerate(_ABBREVIATED_DAYS.split()):
        learn("short weekday", number, word)
    for number, words in enumerate(_SEASONS.split(",")):
        learn("season", number, words)
    for kind, words in _UNITS.items():
        learn(kind, 1, words)
    for value, (english, stems) in _DEICTIC.items():
        learn("deictic", value, english)
        for stem in stems.split():
            learn("deictic", value, _declined(stem))
    learn("deictic", 0, _THIS)
    for number, word in enumerate(_ROMAN.split(), 1):
        learn("roman", number, word)
    for value, words in _DAYS.items():
        learn("day word", value, words)
    for kind, words in _SPOKEN.items():
        learn(kind, 1, words)
    for word, number in _months().items():
        learn("month", number, word)
    for word, number in _short_months().items():
        learn("short month", number, word)
    return senses


def is_month(word: str) -> bool:
    """Say whether a word is the name of a month, in any case."""
    return "month" in lexicon().get(word.lower(), {})


def _declined(stem: str) -> str:
    return " ".join(stem + ending for ending in _ADJECTIVE.split())


def _months() -> dict[str, int]:
    """The months by name, in every case: CLDR has the names, the endings are regular."""
    from babel.dates import get_month_names

    def names(language: str) -> list[tuple[str, int]]:
        found = get_month_names("wide", "stand-alone", language)
        return [(name.lower(), number) for number, name in found.items()]

    months = dict(names("en"))
    for name, number in names("ru"):
        stem = name.rstrip("ьй")
        soft = "ь я ю ем ём е" if name.endswith("ь") else "й я ю ем е" if name.endswith("й") else " а у ом е"
        months |= {stem + ending.strip(): number for ending in soft.split(" ")}
    for name, number in names("kk"):
        months |= {name + ending: number for ending in ("", *_CASES_KK)}
        own = name[:-1] + "г" if name.endswith("к") else name + "с" * name.endswith(("а", "е"))
        months |= {own + vowel: number for vowel in "ыі"}
        months |= {own + vowel + "н" + ending: number for vowel in "ыі" for ending in _CASES_KK}
    return months


def _short_months() -> dict[str, int]:
    from babel.dates import get_month_names

    names = {
        name.lower().rstrip("."): number
        for language in ("en", "ru")
        for number, name in get_month_names("abbreviated", "format", language).items()
    }
    return names | {"sept": 9}


ALSO_OTHER_WORDS: Final = frozenset("may march august марта март мая май маю маем мае августа август".split())
"""Names of months that are also a verb, a given name or a pronoun: alone, they are months only where a "
"preposition says so."""

NOT_BEFORE_A_YEAR: Final = frozenset(
    "no nos № resolution resolutions article articles rule rules para paras paragraph paragraphs section "
    "sections page pages p pp "
    "version room over nearly some than least most only approximately another about около более менее свыше "
    "статья статьи "
    "статье пункт пункта пункте ст п стр штраф сумма сумму".split()
)
NOT_AFTER_A_YEAR: Final = frozenset(
    "kg km m cm mm g t l ha mw kw kwh hz mph people persons men women children soldiers troops dollars euros "
    "pounds tons tonnes "
    "metres meters miles человек человека людей рублей тенге долларов евро км кг м см га об тонн раз".split()
)
