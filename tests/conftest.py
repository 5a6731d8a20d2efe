"""What many tests share: the sample corpus, indexed once with the real model, and an engine over it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from scaling import Services, need_services, started

from indexer.build import build
from indexer.index import Index
from search.engine import Engine

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared" / "data"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests run in CI, or when asked for with ``-m slow``."""
    if os.environ.get("CI") or config.getoption("-m"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: run with CI=1 or -m slow"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The evaluation data that developers and CI have; a test that needs it is skipped by name elsewhere."""
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have {SHARED}")
        pytest.skip("needs ../shared/data")
    return SHARED


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample corpus, made once."""
    folder = tmp_path_factory.mktemp("sample") / "index"
    index = Index(folder, create=True)
    build(index, [CORPUS])
    index.close()
    return folder


@pytest.fixture(scope="session")
def engine(sample_index: Path) -> Iterator[Engine]:
    """An engine over the sample corpus."""
    opened = Engine.open(sample_index)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A PostgreSQL and a Milvus server of their own for the tests past one machine; skipped by name without them."""
    need_services()
    with started(tmp_path_factory.mktemp("services")) as running:
        yield running
