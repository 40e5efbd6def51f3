"""The page of an answer, opened from disk in a real browser. ``tests/support/browser.py`` says how to
install one.
"""

from __future__ import annotations

import browser
import pytest

from graphdnc.datasets.real import real_graph_path
from graphdnc.graph import Graph
from graphdnc.pictures.page import page
from graphdnc.reasoner import Reasoner

pytest.importorskip("playwright", reason="playwright is not installed: pip install playwright")
pytestmark = pytest.mark.skipif(browser.find() is None, reason=browser.HOW)

WALK = "Start at Moorgate, take the Circle clockwise one stop, then Bakerloo northbound one stop: where am I?"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 780}


@pytest.fixture(scope="module")
def chromium():
    with browser.browser() as opened:
        yield opened


@pytest.fixture
def show(chromium, tmp_path):
    """Return a function that opens a page and fails the test if it has an error or asks for anything."""
    troubles = []

    def show(text, viewport=WIDE, scheme="light"):
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        opened = chromium.new_page(viewport=viewport, color_scheme=scheme)
        opened.on("console", lambda message: troubles.append(message.text))
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.on("dialog", lambda dialog: troubles.append(dialog.message))
        address = (tmp_path / "page.html").as_uri()
        opened.on("request", lambda request: request.url == address or troubles.append(request.url))
        measured = opened.context.new_cdp_session(opened)
        measured.send(
            "Performance.enable", {"timeDomain": "threadTicks"}
        )  # other work on the machine is not counted
        opened.goto(address, timeout=120_000)
        opened.wait_for_selector("body[data-ready]")
        metrics = measured.send("Performance.getMetrics")["metrics"]
        opened.seconds = next(one["value"] for one in metrics if one["name"] == "TaskDuration")
        return opened

    yield show
    # an empty picture stands for the icon that browsers would ask for
    assert [trouble for trouble in troubles if not trouble.startswith("data:,")] == []


def answered(reasoner, question, first="graph"):
    return page(reasoner.ask(question), reasoner.trace(question), first=first)


@pytest.fixture(scope="module")
def metro():
    return Reasoner.from_file(real_graph_path("underground_zone1"), votes=2)


@pytest.fixture(scope="module")
def walk(metro):
    return answered(metro, WALK)


def at(opened, step):
    opened.evaluate(f"timeline.go({step - 1})")


def until(opened, expression):
    """Wait until something is so; the page's own policy forbids the driver to wait by a script of its own."""
    for _ in range(600):
        if opened.evaluate(expression):
            return
        opened.wait_for_timeout(100)
    pytest.fail(f"never: {expression}")


def head(opened, number):
    return opened.locator(f'.head[data-head="{number}"]')


def test_a_step_shows_the_right_station_row_and_mode(show, metro, walk):
    opened, trace = show(walk), metro.trace(WALK)
    for number in (1, 112, 113, 114):
        at(opened, number)
        step = trace.steps[number - 1]
        told = step.said or step.heard
        for part in filter(None, told):
            assert part in opened.locator("#now").inner_text()
        assert opened.locator("#steps li.here .number").count() == 1
        for head_number, read in enumerate(step.seen.reads, start=1):
            card = head(opened, head_number)
            if read is None:
                assert "row" not in card.inner_text() or number > trace.described
                continue
            assert f"row {read.row}: " in card.inner_text()
            for part in filter(None, read.holds):
                assert part in card.inner_text()
            assert card.get_attribute("data-mode") == read.mode
        for write in filter(None, step.seen.writes):
            assert f"row {write.row}: " in head(opened, "w1").inner_text()
    assert opened.evaluate("document.querySelectorAll('.lit').length") == 2
    at(opened, 113)
    assert opened.evaluate("document.querySelectorAll('.lit').length") == 1


def test_the_graph_appears_as_it_is_written(show, walk):
    opened = show(walk)
    at(opened, 1)
    few = opened.locator(".edge:not(.unwritten)").count()
    at(opened, 100)
    assert few < opened.locator(".edge:not(.unwritten)").count()
    at(opened, 110)
    assert opened.locator(".edge.unwritten").count() == 0


def test_it_plays_pauses_steps_and_is_operated_by_keys(show, walk):
    opened = show(walk)
    assert opened.get_attribute("body", "data-step") == "115"
    opened.keyboard.press("Home")
    assert opened.get_attribute("body", "data-step") == "1"
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("Shift+ArrowRight")
    assert opened.locator("#now").inner_text().startswith("Step 111 of 115, query")
    opened.keyboard.press("Home")
    opened.select_option("#speed", "4")
    opened.click("#play")
    until(opened, "Number(document.body.dataset.step) > 5")
    opened.click("#play")
    until(opened, "byId('play').getAttribute('aria-label') === 'play'")
    stopped = opened.get_attribute("body", "data-step")
    opened.wait_for_timeout(300)
    assert opened.get_attribute("body", "data-step") == stopped
    at(opened, 111)
    opened.keyboard.press(" ")
    until(opened, "document.body.dataset.step === '115'")
    opened.click("[data-go=back]")
    assert opened.get_attribute("body", "data-step") == "114"
    opened.locator("#scrub").fill("0")
    assert opened.get_attribute("body", "data-step") == "1"
    opened.locator("#steps li").nth(2).click()
    assert opened.get_attribute("body", "data-step") == "112"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_one_view_is_open_at_a_time(show, walk, scheme):
    opened = show(walk, NARROW, scheme)
    for view in ("graph", "memory", "words"):
        opened.click(f"#tab-{view}")
        seen = [own for own in ("graph", "memory", "words") if opened.locator(f"#{own}").is_visible()]
        assert seen == [view]
    assert opened.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert opened.locator("#play").is_visible()
    assert opened.get_attribute("html", "data-theme") == scheme


def test_all_views_are_seen_on_a_wide_screen(show, walk):
    opened = show(walk)
    assert all(opened.locator(f"#{own}").is_visible() for own in ("graph", "memory", "words"))
    assert opened.evaluate("document.documentElement.scrollHeight") <= WIDE["height"]
    box = opened.locator("footer").bounding_box()
    assert box["y"] + box["height"] <= WIDE["height"]


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>alert(2)//",
    '"><img src=x onerror=alert(3)>',
    "'; alert(4); '\u2028\u2029",
    "\u202eright to left\u202c",
    "عمان الغربية",
    "🚇 station 🧑‍🚀",
    "${alert(5)} `\\",
    "<!--data--><!--title-->",
)


def test_names_are_data(show):
    names = [*HOSTILE, HOSTILE[0] + " again"]
    ring = [(a, "<b>next</b>", b) for a, b in zip(names, [*names[1:], names[0]], strict=True)]
    reasoner = Reasoner(Graph.from_triples(ring), votes=1)
    from graphdnc.questions import Traversal

    asked = Traversal(0, (0,) * 8)
    checked = reasoner.ask(asked)
    opened = show(page(checked, reasoner.trace(asked), untraced="</script>"))
    assert opened.locator("#words b, #words img, #words script").count() == 0
    said = opened.evaluate("[...document.querySelectorAll('#steps bdi')].map(own => own.textContent)")
    assert set(names[:9]) <= set(said)
    shown = opened.evaluate("data.graph.nodes.map(node => node[0])")
    assert sorted(shown) == sorted(names)
    assert opened.evaluate("document.title") == checked.text
    assert opened.evaluate("byId('question').textContent") == checked.text
    texts = opened.evaluate("[...document.querySelectorAll('#map text')].map(text => text.textContent)")
    assert set(texts) & set(names)


def test_how_two_people_are_related_is_shown_without_the_memory(show):
    reasoner = Reasoner.from_file(real_graph_path("family"), votes=2)
    opened = show(
        page(reasoner.ask("How is Fergus related to Freya?"), None, untraced="takes many questions")
    )
    assert "takes many questions" in opened.locator("#memory").text_content()
    assert opened.locator(".lit").count() == 3
    opened.keyboard.press("Home")
    assert opened.locator(".lit").count() == 1
    assert opened.locator(".pill").count() == 29


def test_kin_are_lit_as_they_are_said(show):
    reasoner = Reasoner.from_file(real_graph_path("family"), votes=2)
    asked = "Who is Freya's maternal great uncle?"
    opened, trace = show(answered(reasoner, asked, "memory"), scheme="dark"), reasoner.trace(asked)
    assert opened.locator(".pilltext.end").all_text_contents() == ["Fergus"]
    first = next(n for n, step in enumerate(trace.steps) if step.said and {"Freya", "Isla"} <= set(step.said))
    for number, lit in ((first, 0), (first + 1, 1)):
        at(opened, number)
        assert opened.locator(".lit").count() == lit


def test_what_no_path_leads_to(show):
    graph = Graph.from_triples([("a", "r", "b"), ("b", "r", "c"), ("c", "r", "a"), ("d", "r", "a")])
    reasoner = Reasoner(graph, votes=2)
    opened = show(answered(reasoner, "How do you get from a to d?"))
    assert "There is none." in opened.locator("#verdict").inner_text()


@pytest.mark.parametrize(
    ("name", "question", "megabytes", "seconds"),
    [
        ("underground_zone1", "From Paddington take the Bakerloo southbound seven stops", 2, 1),
        ("underground", "How do you get from Epping to Earl's Court?", 5, 3),
    ],
)
def test_pages_are_small_and_soon_there(show, name, question, megabytes, seconds):
    reasoner = Reasoner.from_file(real_graph_path(name), votes=1)
    text = answered(reasoner, question)
    assert len(text.encode()) < megabytes * 1e6
    opened = show(text)
    assert opened.seconds < seconds
    assert opened.locator(".lit").count() in (7, 22)


def test_a_graph_of_a_thousand_nodes_stays_usable(show):
    side = 32
    names = [[f"r{row} c{column}" for column in range(side)] for row in range(side)]
    rows = [(names[r][c], "east", names[r][c + 1]) for r in range(side) for c in range(side - 1)]
    rows += [(names[r][c], "south", names[r + 1][c]) for r in range(side - 1) for c in range(side)]
    graph = Graph.from_triples([one for one in rows if "r31" not in one[0] + one[2]])
    reasoner = Reasoner(graph, votes=1)
    checked = reasoner.ask("From r3 c3 take east two steps then south one step")
    opened = show(page(checked, None))
    assert opened.locator(".node").count() == 992
    assert opened.seconds < 3
    assert opened.locator(".name").count() > 20
    before = opened.evaluate("graph.view.scale")
    opened.mouse.move(300, 300)
    opened.mouse.wheel(0, -300)
    until(opened, f"graph.view.scale > {before}")


def test_buttons_zoom_to_the_way_and_to_all(show, walk):
    opened = show(walk)
    scale = "graph.view.scale"
    whole = opened.evaluate(scale)
    opened.click("[data-zoom=in]")
    assert opened.evaluate(scale) == pytest.approx(1.4 * whole)
    opened.click("[data-zoom=out]")
    assert opened.evaluate(scale) == pytest.approx(whole)
    opened.click("[data-zoom=way]")
    near = opened.evaluate("[graph.view.x, graph.view.y]")
    opened.click("[data-zoom=all]")
    assert opened.evaluate("[graph.view.x, graph.view.y]") != near, "the way is not the middle of the map"
    assert opened.evaluate(scale) == pytest.approx(whole)
