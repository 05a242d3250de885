"""The pages in a real browser: a headless Chromium that is driven as a reader would use it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import chromium
import pytest
import uvicorn

from serving.catalogue.pages import create_app

pytestmark = chromium.needs_chromium


@pytest.fixture(scope="module")
def address(snapshot_path: Path) -> Iterator[str]:
    config = uvicorn.Config(create_app(snapshot_path), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory):
    with chromium.running(tmp_path_factory.mktemp("browser"), "1280,900") as browser:
        yield browser


@pytest.fixture
def browser(started):
    """No page may write an error to the console: a script that is blocked, a file not found."""
    started.get_log("browser")
    yield started
    assert [entry["message"] for entry in started.get_log("browser")] == []


def until(browser, condition):
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 20).until(lambda _: condition())


def texts(browser, selector: str) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(it => it.textContent)", selector
    )


def screenshot(browser, folder: Path, name: str) -> None:
    """Of the whole page; not one colour all over."""
    height = browser.execute_script("return document.documentElement.scrollHeight")
    browser.set_window_size(1280, min(height + 120, 3000))
    path = folder / f"{name}.png"
    assert browser.save_screenshot(str(path))
    assert path.stat().st_size > 20_000
    browser.set_window_size(1280, 900)


def test_a_feature_is_searched_and_opened(browser, address, tmp_path):
    from selenium.webdriver.common.keys import Keys

    browser.get(address)
    assert len(texts(browser, ".results .name")) == 5
    box = browser.find_element("id", "q")
    box.send_keys("orders 7")
    until(browser, lambda: texts(browser, ".results .name") == ["orders_count_7d"])
    assert browser.current_url.endswith("?q=orders+7")
    assert "1 feature and 0 models" in texts(browser, "#count")[0]
    screenshot(browser, tmp_path, "search")
    box.send_keys(Keys.ARROW_DOWN)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    until(browser, lambda: texts(browser, "h1") == ["orders_count_7d"])
    assert len(texts(browser, "svg.plot")) == 2
    assert "training set" in texts(browser, "svg.lineage")[0]
    screenshot(browser, tmp_path, "feature")
    browser.back()
    until(browser, lambda: texts(browser, ".results .name") == ["orders_count_7d"])


def test_filters_narrow_and_a_model_is_opened(browser, address, tmp_path):
    from selenium.webdriver.support.ui import Select

    browser.get(address)
    Select(browser.find_element("name", "kind")).select_by_value("model")
    until(browser, lambda: len(texts(browser, ".results .name")) == 2)
    Select(browser.find_element("name", "type")).select_by_value("LOGISTIC_REG")
    until(browser, lambda: texts(browser, ".results .name") == ["ml_churn__model"])
    browser.find_element("css selector", ".results a").click()
    until(browser, lambda: texts(browser, "h1") == ["ml_churn__model"])
    assert texts(browser, ".pill") == ["kept", "broken", "drift"]
    assert len(texts(browser, "svg.plot")) == 3
    screenshot(browser, tmp_path, "model")
    browser.find_element("partial link text", "orders_count_7d").click()
    until(browser, lambda: texts(browser, "h1") == ["orders_count_7d"])


def test_an_address_with_a_search_in_it_can_be_shared(browser, address):
    browser.get(f"{address}/?q=sales&kind=feature&owner=bob")
    assert browser.find_element("id", "q").get_attribute("value") == "sales"
    assert browser.find_element("name", "owner").get_attribute("value") == "bob"
    assert texts(browser, ".results .name") == ["plan"]


def test_examples_are_copied(browser, address):
    browser.get(f"{address}/feature/feat_shop__orders/1/orders_count_7d")
    browser.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": address},
    )
    button = browser.find_element("css selector", "button.copy")
    button.click()
    until(browser, lambda: button.text == "Copied")
    copied = browser.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == texts(browser, "#training")[0]
    assert copied.startswith("with labels as (")


def test_hostile_text_runs_nothing(browser, address):
    browser.get(f"{address}/feature/feat_shop__orders/2/plan")
    assert "<script>alert('x')</script>" in texts(browser, ".lead")[0]
    assert browser.execute_script("return document.scripts.length") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/feature/feat_shop__orders/1/orders_count_7d"])
def test_text_can_be_read_in_light_and_dark(browser, address, scheme, path):
    """A contrast of 4.5 to 1, by WCAG's formula, of all text on its card."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.get(address + path)
    poor = browser.execute_script(
        """
        const canvas = document.createElement("canvas").getContext(
          "2d", {willReadFrequently: true});
        const rgba = (text, over) => {
          canvas.fillStyle = over; canvas.fillRect(0, 0, 1, 1);
          canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
          return canvas.getImageData(0, 0, 1, 1).data;
        };
        const light = (data) => [0.2126, 0.7152, 0.0722].reduce((sum, share, n) => {
          const c = data[n] / 255;
          return sum + share * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        }, 0);
        const found = [];
        for (const node of document.querySelectorAll("body *:not(svg *, option)")) {
          const own = [...node.childNodes].some(it => it.nodeType === 3 && it.textContent.trim());
          if (!own || !node.checkVisibility()) continue;
          const above = [];
          for (let it = node; it; it = it.parentElement) above.unshift(it);
          let ground = "#ffffff";
          for (const it of above) {
            const [r, g, b] = rgba(getComputedStyle(it).backgroundColor, ground);
            ground = `rgb(${r} ${g} ${b})`;
          }
          const one = light(rgba(getComputedStyle(node).color, ground));
          const other = light(rgba(ground, ground));
          const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
          if (contrast < 4.5) found.push(`${node.className || node.tagName}: ${contrast}`);
        }
        return [...new Set(found)];
        """
    )
    assert poor == []


def test_everything_that_is_asked_for_has_a_name(browser, address):
    """As a screen reader would say it."""
    for path in ("/", "/feature/feat_shop__orders/1/orders_count_7d", "/model/ml_churn__model"):
        browser.get(address + path)
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        asked = {"searchbox", "combobox", "button", "link", "image", "region"}
        nameless = [
            node["role"]["value"]
            for node in nodes
            if not node["ignored"]
            and node["role"]["value"] in asked
            and not node.get("name", {}).get("value")
        ]
        assert nameless == [], path
