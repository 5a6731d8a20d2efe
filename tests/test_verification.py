"""Quotations against the texts: what stands, what was changed and how, and nothing false that passes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import CORPUS

from eval.planting import Planting, one_character
from eval.verification import measure, passed
from indexer.catalogue import Catalogue
from indexer.folder import read_folder
from search.addresses import Addresses
from search.concordance import Concordance
from search.verification import Check, Verdict, Verification
from search.wording import same_setting, words

FINES = "decision to cancel fines and allow NGOs to continue activities, as announced on 3"
RUSSIAN = """Заявление о задержаниях

Полиция не применяла силу к участникам шествия, однако 12 человек были задержаны и доставлены в участок «Медеу».

Суд 14 марта 2021 года признал задержания незаконными. Адвокаты просили о компенсации. Прокурор возражал.
"""
CHINESE = "声明\n\n警方没有对示威者使用武力，但有十二人被拘留并被带到警察局。法院裁定拘留是非法的。\n"
WRAPPED = (
    "Annual statement\n\nThe law was imple-\nmented by the non-\ngovernmental bodies of the re-\ngion in 2019–2020.\n"
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    folder = tmp_path_factory.mktemp("more")
    for name, text in (("ru.txt", RUSSIAN), ("zh.txt", CHINESE), ("wrapped.txt", WRAPPED)):
        (folder / name).write_text(text)
    with read_folder([CORPUS, folder]) as read:
        yield read


@pytest.fixture(scope="module")
def verification(catalogue: Catalogue) -> Verification:
    return Verification(Concordance(catalogue))


def changes(check: Check) -> list[tuple[str, str]]:
    return [(d.source, d.quote) for d in check.differences]


# -- what must always hold


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_run_of_whole_words_of_a_document_is_exact(verification: Verification, data: st.DataObject) -> None:
    catalogue = verification.concordance.catalogue
    document = data.draw(st.sampled_from(verification.concordance.documents))
    text = catalogue.text(document.id)
    found = words(text)
    first = data.draw(st.integers(0, len(found) - 1))
    last = data.draw(st.integers(first, min(first + 80, len(found) - 1)))
    check = verification.check(text[found[first].start : found[last].end])
    assert check.verdict is Verdict.EXACT
    for place in check.places:
        assert catalogue.text(place.document.id)[place.char_start : place.char_end] == place.text
        assert place.text.split() == text[found[first].start : found[last].end].split()


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_change_of_one_character_is_never_exact(verification: Verification, planting: Planting, seed: int) -> None:
    chance = random.Random(seed)
    span = planting.span(4, 40)
    changed = one_character(span, chance)
    if not planting.stands(changed):
        assert verification.check(changed).verdict is not Verdict.EXACT


@pytest.fixture(scope="module")
def planting(catalogue: Catalogue) -> Planting:
    return Planting(catalogue, 3)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_verdict_and_every_place_shown_holds_its_words(verification: Verification, text: str) -> None:
    for place in verification.check(text).places:
        assert (
            verification.concordance.catalogue.text(place.document.id)[place.char_start : place.char_end] == place.text
        )


# -- the verdicts


def test_spaces_and_marks_are_setting_and_letters_are_not(verification: Verification) -> None:
    exact = "Welcomes the Kazakh authorities’ decision to cancel fines and allow NGOs"
    assert verification.check(exact).verdict is Verdict.EXACT
    assert verification.check(exact.replace("’", "'").replace(" to ", "\n to\u00a0")).verdict is Verdict.TYPOGRAPHIC
    assert changes(verification.check(exact.replace("Kazakh", "kazakh"))) == [("Kazakh", "kazakh")]


@pytest.mark.parametrize(
    ("source", "quote", "same"),
    [
        ("“a” – b", "'a' - b", True), ("imple-\nmented", "implemented", True), ("non-\nstate", "non-state", True),
        ("ﬁne", "fine", True), ("cafe\u0301", "café", True), ("a…b", "a...b", True),
        ("re-sign", "resign", False), ("A", "a", False), ("a, b", "a b", False), ("é", "e", False),
    ],
)  # fmt: skip
def test_setting_is_defined_precisely(source: str, quote: str, same: bool) -> None:
    assert same_setting(source, quote) is same


MARKED = """Letters from the north

On Sunday Ben Cole wrote:
> The bridge at Tarn was closed by the army and
> > nobody was allowed to cross it for six days.

The police detained 15[2] people, and more were beaten.[3] Nobody was charged[12]: the judge refused.
"""


@pytest.mark.parametrize(
    ("quote", "verdict", "changed"),
    [
        ("closed by the army and nobody was allowed to cross it", Verdict.TYPOGRAPHIC, []),
        ("closed by the army but nobody was allowed to cross it", Verdict.ALTERED, [("and", "but")]),
        ("detained 15[2] people, and", Verdict.EXACT, []),
        ("detained 15 people, and more were beaten. Nobody was charged: the judge", Verdict.TYPOGRAPHIC, []),
        ("Nobody was charged:", Verdict.TYPOGRAPHIC, []),
        ("police detained 15[3] people, and more", Verdict.ALTERED, [("[2]", "[3]")]),
        ("police detained 152 people, and more", Verdict.ALTERED, [("15", "152")]),
        ("police detained 15 2 people, and more", Verdict.ALTERED, [("", "2")]),
    ],
)
def test_signs_of_quoted_mail_and_marks_of_notes_may_be_left_out_and_not_changed(
    tmp_path: Path, quote: str, verdict: Verdict, changed: list[tuple[str, str]]
) -> None:
    (tmp_path / "letters.txt").write_text(MARKED)
    with read_folder([tmp_path]) as catalogue:
        found = Verification(Concordance(catalogue)).check(quote)
    assert found.verdict is verdict
    assert changes(found) == changed


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        (FINES.replace("cancel", "uphold"), ("cancel", "uphold")),
        (FINES.replace("and allow NGOs ", ""), ("and allow NGOs", "")),
        (FINES.replace("continue", "not continue"), ("", "not")),
        (FINES.replace(" 3", " 4"), ("3", "4")),
        (FINES.replace("activities,", "activities"), (",", "")),
        (FINES[1:], ("decision", "ecision")),
    ],
)
def test_a_changed_quotation_is_altered_and_the_change_is_shown(
    verification: Verification, changed: str, difference: tuple[str, str]
) -> None:
    check = verification.check(changed)
    assert check.verdict is Verdict.ALTERED
    assert difference in changes(check)
    assert check.places[0].first.label == "para 8"


def test_a_word_cut_short_at_the_edge_is_altered(verification: Verification) -> None:
    assert verification.check("under-reported and that there is a low rate").verdict is Verdict.EXACT
    assert verification.check("reported and that there is a low rate").verdict is Verdict.ALTERED


def test_words_that_stand_elsewhere_are_misattributed_and_shown_there(verification: Verification) -> None:
    addresses = Addresses(verification.concordance.catalogue)
    right, wrong = (addresses.resolve(f"resolution 2021 {place}").places for place in ("para 8", "recital O"))
    assert verification.check(FINES.replace(" on 3", ""), right).verdict is Verdict.EXACT
    check = verification.check(FINES.replace(" on 3", ""), wrong)
    assert (check.verdict, check.wording, check.places[0].first.label) == (
        Verdict.MISATTRIBUTED,
        Verdict.EXACT,
        "para 8",
    )


def test_pieces_of_two_places_run_together_are_stitched(verification: Verification) -> None:
    check = verification.check(
        f"{FINES} and whereas the Kazakh authorities continue to target independent trade unions"
    )
    assert check.verdict is Verdict.STITCHED
    assert [place.first.label for place in check.places] == ["para 8", "recital U"]


@pytest.mark.parametrize(
    ("quote", "verdict", "left_out"),
    [
        ("Democratic Party was … allowed to participate in these elections", Verdict.ELLIPSIS, " not "),
        ("adopted in May 2020 [...] the ODIHR limited election observation mission", Verdict.ELLIPSIS, None),
        ("Welcomes the Kazakh authorities’ decision (…) as announced", Verdict.SHORTENED, None),
        ("Полиция … применяла силу к участникам шествия", Verdict.ELLIPSIS, " не "),
        (
            "признал задержания незаконными. […] Прокурор возражал",
            Verdict.SHORTENED,
            " Адвокаты просили о компенсации. ",
        ),
    ],
)
def test_an_ellipsis_is_judged_by_what_it_swallows(
    verification: Verification, quote: str, verdict: Verdict, left_out: str | None
) -> None:
    check = verification.check(quote)
    assert check.verdict is verdict
    assert bool(check.left_out[0].turns) == (verdict is Verdict.ELLIPSIS)
    assert left_out is None or check.left_out[0].text == left_out


def test_an_ellipsis_between_two_documents_is_stitching(verification: Verification) -> None:
    assert verification.check("decision to cancel fines … Human Rights are not for sale").verdict is Verdict.STITCHED


def test_brackets_of_the_author_are_open_changes(verification: Verification) -> None:
    assert verification.check("[w]elcomes the Kazakh authorities’ decision").verdict is Verdict.SHORTENED
    assert verification.check("Welcomes the Kazakh [sic] authorities’ decision").verdict is Verdict.SHORTENED
    assert verification.check("Welcomes the [wise] Kazakh authorities’ decision").verdict is Verdict.ALTERED


def test_what_nobody_said_is_not_found(verification: Verification) -> None:
    assert verification.check("The moon is made of green cheese and mice dance on it").verdict is Verdict.NOT_FOUND
    assert verification.check("…").verdict is Verdict.NOT_FOUND


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        ("12 человек были задержаны и доставлены в участок «Медеу»", Verdict.EXACT),
        ("12 человек были задержаны и доставлены в участок “Медеу”", Verdict.TYPOGRAPHIC),
        ("13 человек были задержаны и доставлены в участок", Verdict.ALTERED),
        ("但有十二人被拘留并被带到警察局", Verdict.EXACT),
        ("但有十三人被拘留并被带到警察局", Verdict.ALTERED),
        ("law was implemented by the non-governmental bodies of the region in 2019-2020", Verdict.TYPOGRAPHIC),
    ],
)
def test_any_script_is_checked(verification: Verification, quote: str, verdict: Verdict) -> None:
    assert verification.check(quote).verdict is verdict


# -- planted


def test_planted_quotations_get_the_verdict_they_deserve() -> None:
    with read_folder([CORPUS]) as catalogue:
        result = measure(catalogue, 15, 100, seed=11)
    assert passed(result, 0.9), result


@pytest.mark.slow
def test_planted_quotations_of_un_reports_get_the_verdict_they_deserve(shared_data: Path) -> None:
    with read_folder([shared_data / "upr/pdfs"]) as catalogue:
        result = measure(catalogue, 70, 300, seed=4)
    assert passed(result, 0.9), result
    assert result["p95_ms"] < 1000
