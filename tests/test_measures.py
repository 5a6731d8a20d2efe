"""Measures of rankings, spans, answers and refusals: known cases, and a second library's opinion."""

from __future__ import annotations

import random
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import answer_measures, risk_coverage, spans, trec
from eval.measures import RANKED, library_measure, means, measure
from eval.results import QuestionResult
from eval.risk_coverage import Judged
from eval.spans import Span


def graded_run(seed: int, questions: int = 30) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Random grades and scores without ties; some relevant documents are not ranked, some ranked ones not judged."""
    draw = random.Random(seed)
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for question in range(questions):
        documents = [f"d{n}" for n in range(draw.randint(3, 150))]
        name = f"q{question}"
        qrels[name] = {d: draw.choice((0, 0, 1, 2, 3)) for d in documents if draw.random() < 0.3}
        qrels[name]["d1"] = draw.randint(1, 3)
        ranked = [d for d in documents if draw.random() < 0.8] or ["d0"]
        run[name] = {d: float(score) for score, d in enumerate(draw.sample(ranked, len(ranked)))}
    return qrels, run


@pytest.mark.parametrize("seed", range(3))
def test_the_measures_agree_with_those_of_an_independent_library(seed: int) -> None:
    import torch
    from torchmetrics.functional import retrieval as other

    qrels, run = graded_run(seed)
    ours = measure(qrels, run)
    for question, grades in qrels.items():
        scores = run[question]
        every = sorted(scores.keys() | grades.keys())
        # what was not ranked stands behind all that was, the relevant last, so that no cutoff here can reach it;
        # all is above zero, since that library takes no score below as a ranking
        unranked = [d for d in every if d not in scores] + [f"filler{n}" for n in range(100)]
        placed = {d: 0.1 if grades.get(d) else 0.5 + n / 1000 for n, d in enumerate(unranked)}
        placed |= {d: score + 1 for d, score in scores.items()}
        predicted = torch.tensor([placed[d] for d in placed])
        gains = torch.tensor([grades.get(d, 0) for d in placed])
        relevant = gains > 0
        theirs = {
            "nDCG@10": other.retrieval_normalized_dcg(predicted, gains, top_k=10),
            **{f"Recall@{k}": other.retrieval_recall(predicted, relevant, top_k=k) for k in (5, 10, 20, 100)},
            "MRR@10": other.retrieval_reciprocal_rank(predicted, relevant, top_k=10),
            **{f"hit@{k}": other.retrieval_hit_rate(predicted, relevant, top_k=k) for k in (1, 5)},
        }
        assert theirs.keys() == set(RANKED)
        for name, value in theirs.items():
            assert ours[name][question] == pytest.approx(float(value), abs=1e-6), (name, question)


def test_a_judged_question_that_the_run_lacks_scores_zero() -> None:
    found = measure({"q1": {"d": 1}, "q2": {"d": 1}}, {"q1": {"d": 1.0}})
    assert means(found)["nDCG@10"] == 0.5
    assert found["hit@1"] == {"q1": 1.0, "q2": 0.0}


def test_a_question_without_judgements_does_not_count() -> None:
    assert measure({"q1": {"d": 1}}, {"q1": {"d": 1.0}, "q2": {"d": 1.0}}, ["MRR@10"]) == {"MRR@10": {"q1": 1.0}}


def test_ties_are_broken_alike_for_every_measure() -> None:
    found = measure({"q": {"a": 1}}, {"q": {"a": 1.0, "b": 1.0}})
    assert found["MRR@10"]["q"] == 0.5
    assert found["hit@1"]["q"] == 0.0


@given(seed=st.integers(0, 10_000))
def test_measuring_the_file_gives_what_measuring_the_run_gave(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path: Path = tmp_path_factory.mktemp("run") / "run.trec"
    draw = random.Random(seed)
    qrels, run = graded_run(seed, 3)
    run = {q: {d: draw.choice((0.1, 1 / 3, 17.123456789)) * s for d, s in held.items()} for q, held in run.items()}
    trec.write_run(path, run, "s")
    assert measure(qrels, trec.read_run(path)) == measure(qrels, run)


@pytest.mark.parametrize("name", ["nDCG", "ndcg@10", "nDCG@0", "Precision@5", "hit@1.5"])
def test_a_measure_that_there_is_not_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(ValueError, match="there are nDCG@k, Recall@k"):
        library_measure(name)


# --- spans


def test_a_hit_counts_if_it_holds_the_gold_or_is_a_part_of_it() -> None:
    gold = [Span("a", 100, 200)]
    assert spans.paragraph_hit(gold, [[Span("a", 50, 200)]]) == 1
    assert spans.paragraph_hit(gold, [[Span("a", 120, 150)]]) == 1
    assert spans.paragraph_hit(gold, [[Span("a", 150, 250)]]) == 0
    assert spans.paragraph_hit(gold, [[Span("b", 50, 200)]]) == 0
    assert spans.paragraph_hit(gold, [[Span("b", 0, 9), Span("a", 100, 200)]]) == 1  # folded into the hit


def test_span_precision_and_recall_count_every_character_once() -> None:
    gold = [Span("a", 0, 10), Span("a", 5, 20)]
    shown = [Span("a", 0, 10), Span("a", 0, 10), Span("b", 0, 30)]
    assert spans.span_precision(gold, shown) == 10 / 40
    assert spans.span_recall(gold, shown) == 10 / 20


def test_measures_of_spans_look_no_further_than_their_cutoff() -> None:
    hits = [[Span("b", 0, 10)], [Span("a", 0, 10)]]
    found = spans.span_measures([Span("a", 0, 10)], hits, (1, 2))
    assert found == {"paragraph hit@1": 0, "paragraph hit@2": 1, "span precision@2": 0.5, "span recall@2": 1}
    assert spans.span_measures([], hits) == {}


SPANS = st.lists(
    st.builds(lambda s, a, n: Span(s, a, a + n), st.sampled_from("ab"), st.integers(0, 30), st.integers(1, 15)),
    max_size=6,
)


@given(gold=SPANS, shown=SPANS)
def test_span_measures_agree_with_counting_characters(gold: list[Span], shown: list[Span]) -> None:
    wanted = {(s.source, at) for s in gold for at in range(s.start, s.end)}
    seen = {(s.source, at) for s in shown for at in range(s.start, s.end)}
    assert spans.span_precision(gold, shown) == (len(wanted & seen) / len(seen) if seen else 0)
    assert spans.span_recall(gold, shown) == (len(wanted & seen) / len(wanted) if wanted else 0)


def test_citations_are_right_if_they_touch_gold_and_whole_if_they_touch_all_of_it() -> None:
    gold = [Span("a", 0, 10), Span("b", 0, 10)]
    cited = [Span("a", 5, 15), Span("c", 0, 10), Span("a", 9, 12)]
    assert spans.citation_precision(gold, cited) == pytest.approx(2 / 3)
    assert spans.citation_recall(gold, cited) == 0.5
    assert spans.citation_precision(gold, []) == spans.citation_recall(gold, []) == 0


def test_a_quote_with_one_changed_word_is_not_verbatim() -> None:
    text = "Applies in full since 1 March 2020."
    quotes = [("1 March 2020", Span("a", 22, 34)), ("1 March 2021", Span("a", 22, 34))]
    assert spans.verbatim_share(quotes, {"a": text}.__getitem__) == 0.5
    assert spans.verbatim_share([], {}.__getitem__) is None


# --- answers


@pytest.mark.parametrize(
    ("answer", "gold", "language"),
    [
        ("The 598 MEPs.", "598 MEPs", "en"),
        ("25 января 2020 г.", "25 ЯНВАРЯ 2020 г", "ru"),
        ("Straße", "STRASSE", "de"),
        ("l’Assemblée", "L'Assemblée", "fr"),
        ("ｋａｚａｋｈｓｔａｎ", "Kazakhstan", "en"),
        ("Cafe\u0301 «Almaty»", "café Almaty", "en"),
        ("北京。", "北京", "zh"),
    ],
)
def test_case_punctuation_articles_and_forms_of_a_letter_do_not_matter(answer: str, gold: str, language: str) -> None:
    assert answer_measures.exact_match(answer, [gold], language) == 1
    assert answer_measures.token_f1(answer, [gold], language) == 1


def test_token_f1_is_that_of_the_nearest_gold_answer() -> None:
    assert answer_measures.token_f1("on 1 March 2020", ["2021", "1 March 2020"]) == pytest.approx(2 * 3 / (4 + 3))
    assert answer_measures.token_f1("北海", ["北京"], "zh") == 0.5
    assert answer_measures.token_f1("nothing shared", ["else"]) == 0
    assert answer_measures.exact_match("on 1 March 2020", ["1 March 2020"]) == 0


def test_list_recall_counts_the_items_that_stand_whole_in_a_quote() -> None:
    quotes = ["ECHO, Erkindik Kanaty, and International", "Legal Initiative"]
    assert (
        answer_measures.list_recall(quotes, ["ECHO", "Erkindik Kanaty", "International Legal Initiative", "NGO"]) == 0.5
    )
    assert answer_measures.list_recall([], ["ECHO"]) == 0


# --- refusal


def test_risk_grows_with_coverage_as_surer_questions_are_answered_first() -> None:
    questions = [Judged(0.9, True, True), Judged(0.8, False, True), Judged(0.7, True, True), Judged(0.6, True, False)]
    found = risk_coverage.curve(questions)
    assert found.coverage == (0.25, 0.5, 0.75, 1.0)
    assert found.risk == pytest.approx((0, 1 / 2, 1 / 3, 1 / 2))
    assert found.auc == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert found.best_auc == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_equally_sure_questions_give_the_risk_of_a_random_order() -> None:
    questions = [Judged(0.9, True, True), *(Judged(0.5, True, right) for right in (True, False, True, False))]
    orders = [risk_coverage.curve(questions[:1] + list(order)).risk for order in permutations(questions[1:])]
    assert len(set(orders)) == 1
    wrong_first = [[q.wrong for q in order] for order in permutations(questions[1:])]
    for place in range(1, 5):
        mean_risk = sum(sum(order[:place]) for order in wrong_first) / len(wrong_first) / (place + 1)
        assert orders[0][place] == pytest.approx(mean_risk)


@given(st.lists(st.builds(Judged, st.sampled_from((0.1, 0.5, 0.9)), st.booleans(), st.booleans()), min_size=1))
def test_the_curve_does_not_depend_on_the_order_of_equals_and_is_never_under_the_best(questions: list[Judged]) -> None:
    found = risk_coverage.curve(questions)
    assert found.auc == pytest.approx(risk_coverage.curve(questions[::-1]).auc)
    assert found.auc >= found.best_auc - 1e-9
    assert found.risk[-1] == pytest.approx(sum(q.wrong for q in questions) / len(questions))


def test_the_chosen_threshold_refuses_no_more_answerable_questions_than_allowed() -> None:
    questions = [Judged(n / 100, n % 3 > 0, True) for n in range(100)]
    chosen = risk_coverage.choose(questions, 0.05)
    assert chosen.refused_answerable <= 0.05
    assert chosen.threshold is not None
    more = [q.confidence > chosen.threshold for q in questions]
    assert risk_coverage.point(questions, more).refused_answerable > 0.04
    with pytest.raises(ValueError, match="answerable"):
        risk_coverage.choose([Judged(0.5, False, True)])


def test_the_operating_point_is_where_the_system_s_own_decisions_put_it() -> None:
    questions = [
        QuestionResult("a", answered=True, confidence=0.9, correct=True),
        QuestionResult("b", answered=True, confidence=0.8, correct=False),
        QuestionResult("c", answered=False, confidence=0.1),
        QuestionResult("d", answerable=False, answered=False, confidence=0.2),
    ]
    found = risk_coverage.operating_point(questions)
    assert found is not None
    assert (found.coverage, found.risk) == (0.5, 0.5)
    assert (found.refused_answerable, found.refused_unanswerable) == (pytest.approx(1 / 3), 1)
    assert risk_coverage.operating_point([QuestionResult("a")]) is None
