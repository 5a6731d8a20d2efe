"""What kind of thing a noun names: people, bodies or places, and within these what may be called by one another's name.

These are the common nouns of reports in English and Russian, by their singular or stem. A question that asks for "journalists" is answered by
someone called a reporter, not by someone called a lawyer; a noun that is not here says nothing.
"""

from __future__ import annotations

from functools import lru_cache

from indexer.words import normalise, stem

PERSON, ORGANISATION, PLACE = "person", "organisation", "place"

# One line a family; the first word of a line names it. "*" marks nouns that fit each of their kind.
_FAMILIES = {
    PERSON: """
        * person people individual man woman men women citizen figure member colleague victim witness participant лицо люди человек гражданин
        * женщина мужчина участник жертва свидетель член
        journalist reporter editor editor-in-chief correspondent photographer cameraman columnist журналист журналистка репортёр редактор корреспондент фотограф
        blogger блогер
        activist campaigner dissident defender rights-defender protester demonstrator активист активистка правозащитник правозащитница диссидент протестующий
        lawyer attorney advocate solicitor barrister адвокат юрист
        prisoner detainee inmate заключённый политзаключённый
        guard officer policeman soldier warden надзиратель полицейский офицер солдат охранник
        politician deputy lawmaker senator parliamentarian mep mp депутат сенатор политик
        leader head chairman chairperson president director founder лидер глава председатель президент директор основатель
        minister ambassador official governor mayor diplomat spokesperson judge prosecutor министр посол губернатор мэр чиновник судья прокурор
        doctor nurse medic врач
        teacher professor student pupil учитель студент
        refugee migrant asylum-seeker беженец мигрант
    """,
    ORGANISATION: """
        * organisation organization group body entity institution организация группа учреждение структура
        ngo nonprofit foundation association initiative charity watchdog coalition network fund centre center нпо нко фонд объединение инициатива ассоциация центр коалиция
        union trade-union syndicate confederation federation профсоюз союз конфедерация федерация
        party movement faction партия движение фракция
        company firm bank business corporation enterprise компания фирма банк предприятие
        newspaper magazine outlet media publication agency website broadcaster newsroom weekly daily газета журнал издание сми агентство сайт
        station radio channel television радиостанция канал телеканал
        court tribunal суд трибунал
        ministry authority government commission committee council parliament mission office bureau министерство правительство комитет комиссия совет парламент бюро
        university school hospital университет школа больница
    """,
    PLACE: """
        * place location место
        country state nation government страна государство
        city town village capital settlement город село деревня столица посёлок
        region province district area oblast область район регион провинция
        prison jail colony camp centre facility тюрьма колония лагерь изолятор
        street square building улица площадь здание
        airport port border аэропорт порт граница
    """,
}  # fmt: skip


@lru_cache(maxsize=1)
def _known() -> dict[str, list[tuple[str, str]]]:
    table: dict[str, list[tuple[str, str]]] = {}
    for kind, lines in _FAMILIES.items():
        for line in lines.split("\n"):
            words = line.split()
            if not words:
                continue
            family = "*" if words[0] == "*" else words[0]
            for word in words[1:] if family == "*" else words:
                table.setdefault(_stem(word), []).append((kind, family))
    return table


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """The singular of an English noun, by its ending alone; the stem of a Russian one, which has cases."""
    word = normalise(word).strip("'’")
    if not word.isascii():
        return stem(word, None)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, singular in (("ies", "y"), ("men", "man"), ("sses", "ss"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + singular
    return word


_IRREGULAR = {"people": "person", "persons": "person", "men": "man", "women": "woman", "media": "media"}


def kinds_of(word: str) -> list[tuple[str, str]]:
    """Return each (kind, family) that a noun names; [] if it names none of them."""
    return _known().get(_stem(word), [])


def class_of(word: str) -> str | None:
    """Return `PERSON`, `ORGANISATION` or `PLACE`, the first that a noun names; None if none."""
    found = kinds_of(word)
    return found[0][0] if found else None


def fits(told: str, asked: str) -> bool:
    """Whether what a text calls something may be what is asked for: one of its family, or a noun for all of its kind."""
    if _stem(told) == _stem(asked):
        return True
    return any(
        kind == other and (family == wanted or "*" in (family, wanted))
        for kind, family in kinds_of(told)
        for other, wanted in kinds_of(asked)
    )
