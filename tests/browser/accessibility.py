"""What axe finds on a page, as it is shown in the light and in the dark."""

from functools import cache
from importlib import resources
from typing import Literal

from playwright.sync_api import Page

GRAVE = {"serious", "critical"}
_ALL = {"resultTypes": ["violations"]}
_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
_COME_TO_REST = """async () => {
    await new Promise(requestAnimationFrame);
    const ends = (animation) => animation.effect.getComputedTiming().iterations !== Infinity;
    await Promise.allSettled(document.getAnimations().filter(ends).map(({ finished }) => finished));
}"""


def grave_findings(page: Page) -> list[str]:
    """Return what axe calls serious or critical; the theme is the light one afterwards.

    Nothing but the colours differs in the dark.
    """
    page.evaluate(_axe())
    found = _findings(page, "light", _ALL) + _findings(page, "dark", _COLOURS)
    page.emulate_media(color_scheme="light")
    return found


@cache
def _axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()


def _findings(
    page: Page, theme: Literal["light", "dark"], options: dict[str, list[str]]
) -> list[str]:
    page.emulate_media(color_scheme=theme)
    page.evaluate(_COME_TO_REST)
    violations = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{theme}: {violation['id']}: {node['html']}: {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]
