"""The rule that says whether the evidence answers: words, names, countries and years, and what the reader is told."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import refusal
from indexer.tokenvectors import TokenVectors
from search import answerability
from search.answerability import Evidence, Statistics, judge, mention, question_words
from search.countries import country_codes
from search.names import alike, edits, sound_key

RESOLUTION = "European Parliament resolution of 11 February 2021 on the human rights situation in Kazakhstan"
PASSAGES = [
    "whereas human rights NGOs ECHO and Erkindik Kanaty were fined and suspended for three months in January 2021;",
    "whereas activist Zhanbolat Mamai, leader of the Democratic Party, was put under house arrest;",
    "Calls on the Government to abide by its international obligations and respect the rights to privacy;",
]


class WordVectors:
    """Stands in for the model: a token is a word, and its vector is made of the letters of its sound key."""

    def token_vectors(self, texts, query=False):
        return [self._one(text) for text in texts]

    def _one(self, text):
        found = list(re.finditer(r"\w+", text)) or list(re.finditer(r".+", text))
        vectors = np.array([self._vector(sound_key(m[0])) for m in found], np.float32)
        starts, ends = (np.array([f(m) for m in found], np.int32) for f in (re.Match.start, re.Match.end))
        return TokenVectors(np.zeros(len(found), np.int32), starts, ends, vectors)

    def _vector(self, key):
        vector = np.full(64, 0.05)
        for i in range(len(key)):
            vector[sum(map(ord, key[i : i + 2])) % 64] += 1
        return vector / np.linalg.norm(vector)


def evidence(texts=PASSAGES, context=RESOLUTION):
    return [Evidence(text, context, 0.86 - i / 50) for i, text in enumerate(texts)]


def verdict(question, texts=PASSAGES, context=RESOLUTION):
    everything = " ".join(texts).lower()
    return judge(
        question, evidence(texts, context), WordVectors(), Statistics(300, lambda w: int(w.lower() in everything), 0.78)
    )


@pytest.mark.parametrize(
    ("asked", "swapped", "missing"),
    [
        ("Which NGOs were fined in Kazakhstan?", "Which NGOs were fined in Uzbekistan?", "Uzbekistan"),
        ("Which NGOs were suspended in January 2021?", "Which NGOs were suspended in January 2014?", "2014"),
        ("When was Zhanbolat Mamai arrested?", "When was Almazbek Sydykov arrested?", "Sydykov"),
    ],
)  # fmt: skip
def test_another_country_year_or_person_makes_an_answer_less_likely_and_is_named(asked, swapped, missing):
    right, wrong = verdict(asked), verdict(swapped)
    assert wrong.probability < right.probability
    assert f'no passage mentions "{missing}"' in wrong.reasons
    assert not any(f'"{missing}"' in reason for reason in right.reasons)


def test_a_name_in_the_title_counts_as_mentioned():
    assert not any("Kazakhstan" in reason for reason in verdict("Which NGOs were fined in Kazakhstan?").reasons)


@pytest.mark.parametrize("spelling", ["Жанболат Мамай", "Janbolat Mamay", "Zhanblat Mamai"])
def test_a_name_is_found_in_another_script_or_with_a_slip(spelling):
    assert not any(
        part in reason for reason in verdict(f"Why was {spelling} arrested?").reasons for part in spelling.split()
    )


def test_nothing_found_is_not_answerable_and_says_so():
    answer = judge("Who was fined?", [], WordVectors(), Statistics(0, lambda w: 0))
    assert not answer.answerable
    assert answer.reasons


def test_a_question_without_a_subject_is_not_answerable():
    assert not verdict("who is it?").answerable


@given(st.text(max_size=80))
def test_any_text_gets_a_probability(question):
    answer = verdict(question)
    assert 0.0 <= answer.probability <= 1.0


def test_the_kind_of_each_word_is_known():
    kinds = {
        word.text: word.kind for word in question_words("What did Amnesty say about torture in Uzbekistan in 2019?")
    }
    assert kinds == {"Amnesty": "name", "torture": "word", "Uzbekistan": "country", "2019": "number"}


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("EU-Uzbekistan dialogue", {"EU": "name", "Uzbekistan": "country", "dialogue": "word"}),
        ("What is the EU's view of Mamai’s trial?", {"EU": "name", "view": "word", "Mamai": "name", "trial": "word"}),
        ("How many fled between January and September?", {"fled": "word", "January": "word", "September": "word"}),
        ("Why did they still get up and go away?", {}),
        ("Guinea-Bissau’s state-owned mines", {"Guinea-Bissau": "country", "state-owned": "word", "mines": "word"}),
    ],
)
def test_hyphens_and_endings_hide_no_word_and_small_verbs_are_none(question, kinds):
    assert {word.text: word.kind for word in question_words(question)} == kinds


@pytest.mark.parametrize(
    ("asked", "text", "there"),
    [
        ("Who met in Beijing?", "The Chinese authorities received them.", True),
        ("О чём договорились в Пекине?", "The Chinese authorities received them.", True),
        ("Who met in Addis Ababa?", "Ethiopian ministers met.", True),
        ("Who met in Beijing?", "The Kazakh authorities received them.", False),
        ("Who met in Shymkent?", "The Kazakh authorities received them.", False),
        ("Who runs anti-torture work?", "the work of the coalition against torture, and anti-corruption", True),
        ("Who runs anti-torture work?", "the work of the coalition against bribery", False),
    ],
)
def test_a_capital_stands_for_its_country_and_a_joined_word_for_its_parts(asked, text, there):
    names = [w for w in question_words(asked) if w.kind == "name" or "-" in w.text or w.stands_for]
    assert all((mention(word, text) >= answerability.SUPPORTED) is there for word in names)
    assert names


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("в Казахстане и Узбекистане", {"KZ", "UZ"}),
        ("казахстанские НПО", {"KZ"}),
        ("Қазақстанда", {"KZ"}),
        ("Nigerian journalists in Niger", {"NG", "NE"}),
        ("Austria and Australia", {"AT", "AU"}),
        ("malicious individuals", set()),
        ("the U.S. and США", {"US"}),
        ("the EU's Kazakh-Chinese talks, Guinea-Bissau", {"EU", "KZ", "CN", "GW"}),
    ],
)
def test_a_country_is_one_in_every_language_and_no_other(text, codes):
    assert country_codes(text) == codes


@pytest.mark.parametrize(
    ("a", "b", "one"),
    [
        ("Токаев", "Tokayev", True),
        ("Кажегельдин", "Kazhegeldin", True),
        ("Baltabayeva", "Baltabaeva", True),
        ("Назарбаева", "Nazarbayev", True),
        ("Shevchenko", "Poroshenko", False),
        ("Iran", "Iraq", False),
    ],
)
def test_spellings_of_one_name_are_alike_and_other_names_are_not(a, b, one):
    assert (alike(a, b) >= answerability.SUPPORTED) is one


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8), st.integers(0, 8))
def test_edits_are_symmetric_and_stop_at_the_limit(a, b, limit):
    assert edits(a, b, limit) == edits(b, a, limit) <= limit + 1
    assert (edits(a, b, limit) == 0) == (a == b)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("UPR", "the Universal Periodic Review of Kazakhstan of 12 March 2020"),
        ("OSCE", "the Organization for Security and Co-operation in Europe"),
        ("KIBHR", "Kazakhstan International Bureau for Human Rights and Rule of Law"),
        ("September", "recorded from January toSeptember 2016"),
    ],
)
def test_an_abbreviation_is_mentioned_by_its_name_and_a_word_though_its_space_is_lost(name, text):
    [word] = question_words(name)
    assert mention(word, text) == 1
    assert mention(word, "the World Bank and its partners") < 0.66


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Какие НПО приостановили работу?", "word in another script"),  # NGO: translated, not spelt in Latin letters
        ("Какие NGO приостановили работу?", "name in another script"),
        ("Что сказал Мамай о работе?", "name in another script"),
    ],
)
def test_an_abbreviation_of_another_script_is_no_name(question, kind):
    asked = WordVectors().token_vectors([question])[0]
    found = answerability.support(question, evidence(), asked, WordVectors().token_vectors(PASSAGES))
    word = next(w for w in found.words if w.text in ("НПО", "NGO", "Мамай"))
    assert answerability.word_kind(word, found.other_script) == kind


def test_the_fitted_numbers_fit_the_features_and_say_where_they_come_from():
    data = json.loads(Path(answerability.__file__).with_suffix(".json").read_text(encoding="utf-8"))
    assert tuple(data["question"]["features"]) == answerability.QUESTION_FEATURES
    assert set(data["words"]) == set(answerability.WORD_KINDS)
    assert all(tuple(m["features"]) == answerability.WORD_FEATURES for m in data["words"].values())
    assert data["provenance"]["questions"]
    assert not any("sample" in dataset for dataset in data["provenance"]["questions"])


def test_more_support_never_makes_an_answer_less_likely():
    data = answerability.coefficients()
    *support, kind = data["question"]["coefficients"]
    assert min(support) >= 0 >= kind


def test_the_rule_that_is_measured_weighs_as_the_one_that_answers() -> None:
    rule, model = refusal.shipped(), answerability.coefficients()
    features = np.random.default_rng(1).normal(size=(20, len(answerability.QUESTION_FEATURES)))
    assert np.allclose(rule.question.odds(features), answerability.log_odds(model["question"], features))
    features = np.random.default_rng(2).normal(size=(20, len(answerability.WORD_FEATURES)))
    for kind, line in rule.words.items():
        assert np.allclose(line.odds(features), answerability.log_odds(model["words"][kind], features))
    assert rule.threshold == model["threshold"]
