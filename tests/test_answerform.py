"""What form an answer takes, and which passages cannot have it."""

from __future__ import annotations

import pytest

from search.answerform import missing_form


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("When was he arrested?", "He was arrested in front of his house.", "date"),
        ("When was he arrested?", "He was arrested on 8 May.", None),
        ("what year did it begin", "It began in 1847, two years late.", None),
        ("How many NGOs were fined?", "Some NGOs were fined.", "number"),
        ("How many of the 14 NGOs were fined?", "Of 14 NGOs most were fined.", "number"),
        ("Сколько организаций оштрафовано?", "At least three organisations were fined", None),
        ("Who was fined?", "Some were fined by Almaty's court.", None),
        ("Who was fined?", "Some were fined by the court.", "name"),
        ("How old was she?", "She died in custody on 3 March 2019.", "age"),
        ("How old was she?", "She was 43 years old.", None),
        ("Сколько ему было лет?", "Ему было 43 года.", None),
        ("How long was the union banned?", "The union was banned in Almaty.", "length of time"),
        ("На сколько лет его осудили?", "Он был осуждён на семь лет.", None),
        ("Where was the lawyer born?", "The lawyer was born abroad.", "place"),
        ("Где родился адвокат?", "Адвокат родился в Алматы.", None),
        ("How long did it run?", "It ran from 1870 to 1939.", None),
        ("How long was the union banned?", "The union was founded in 2011, and in 2021 banned.", "length of time"),
        ("How long did the battle last?", "The battle (19 February – 26 March 1945) was fierce.", None),
        ("How long is the bridge?", "The bridge measures 7.8 km.", None),
        ("On which date was it banned?", "It was banned in Shymkent.", "date"),
        ("Who may change the law where it is built?", "Parliament may, by a majority.", None),
        ("What did Parliament ask for?", "It asked for nothing.", None),
    ],
)
def test_a_text_without_the_form_of_the_answer_is_known(question: str, text: str, missing: str | None) -> None:
    assert missing_form(question, text) == missing
