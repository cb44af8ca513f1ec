"""The guides: the pages of `docs/` for users, which the service serves as HTML."""

import re
from collections.abc import Iterator

import httpx
import pytest
from lxml import html

from app.pages.guide import GUIDES
from tests.paths import ROOT
from tests.services.api import client_of

DOCS = ROOT / "docs"


@pytest.fixture
def api(seeded_url: str) -> Iterator[httpx.Client]:
    with client_of(seeded_url, follow_redirects=True) as client:
        yield client


def test_every_page_of_docs_is_a_guide() -> None:
    assert sorted(GUIDES) == sorted(path.stem for path in DOCS.glob("*.md"))


def test_the_list_has_the_title_and_the_first_sentence_of_each_guide(api: httpx.Client) -> None:
    shown = html.document_fromstring(api.get("/guide").text).find_class("guides")[0]
    assert [item[0].get("href") for item in shown] == [f"/guide/{name}" for name in GUIDES]
    for item, name in zip(shown, GUIDES, strict=True):
        text = re.sub(r"\[(.*?)\]\(.*?\)|`", r"\1", (DOCS / f"{name}.md").read_text()).replace("\n", " ")
        title, sentence = item[0].text, (item[0].tail or "").strip()
        assert text.startswith(f"# {title}  {sentence} ")
        assert sentence.endswith(".")


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_has_its_headings_its_contents_and_no_broken_link(api: httpx.Client, name: str) -> None:
    page = html.document_fromstring(api.get(f"/guide/{name}").text)
    article = page.find(".//article")
    prose = re.sub(r"^```.*?^```$", "", (DOCS / f"{name}.md").read_text(), flags=re.MULTILINE | re.DOTALL)
    written = re.findall(r"^(#+) (.*)$", prose, re.MULTILINE)
    headings = list(article.iter("h1", "h2", "h3", "h4"))
    assert [(f"h{len(marks)}", title.replace("`", "")) for marks, title in written] == [
        (heading.tag, heading.text_content()) for heading in headings
    ]
    contents = page.xpath("//nav[@aria-label='Guides']//ul/li/ul//a/@href")
    assert contents == [f"#{heading.get('id')}" for heading in headings if heading.tag == "h2"]
    assert len(list(article.iter("pre"))) == (DOCS / f"{name}.md").read_text().count("\n```") / 2
    links = [link for link in page.xpath("//article//a/@href") if not link.startswith("http")]
    for link in links:
        response = api.get(f"/guide/{name}" if link.startswith("#") else link)
        assert response.status_code == 200, link
        anchor = link.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in response.text, link


def test_the_files_that_guides_link_to_are_sent_as_text(api: httpx.Client) -> None:
    response = api.get("/guide/bundle.schema.json")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.content == (DOCS / "bundle.schema.json").read_bytes()


@pytest.mark.parametrize(
    "path", ["bundle", "../README.md", "%2e%2e/README.md", "decisions/README.md", "bundles.md", ""]
)
def test_other_files_are_not_sent(api: httpx.Client, path: str) -> None:
    assert api.get(f"/guide/{path}").status_code == 404


def test_a_mistyped_guide_is_answered_with_the_nearest(api: httpx.Client) -> None:
    detail = "There is no guide 'bundle'; did you mean 'bundles'? /guide lists them."
    assert api.get("/guide/bundle").json()["detail"] == detail
