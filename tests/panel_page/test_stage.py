"""The stage: pads are played, the roll moves, the answer sounds, panic is always there."""

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.panel_page import recorded
from tests.panel_page.conftest import show

MARKS = "return [...ghostnote.marks.all.values()].map(({kind, drum, time, fate}) => ({kind, drum, time, fate}))"
TO_COME = "return [...ghostnote.marks.all.values()].filter(({time}) => time > ghostnote.clock.now() + 0.01).length"
PLACE = """
const roll = document.querySelector("canvas").roll;
const mark = [...ghostnote.marks.all.values()].find(({kind}) => kind === arguments[0]);
return mark && roll.place(mark.time - ghostnote.clock.now());
"""
LIT = """
const canvas = document.querySelector("canvas");
const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
let lit = 0;
for (let i = 0; i < data.length; i += 4) if (data[i + 2] > 150 && data[i] < 120) lit += 1;
return lit;
"""


def hits(box):
    return [message for message in box.heard if message["t"] == "hit"]


def panics(box):
    return len([message for message in box.heard if message["t"] == "panic"])


def marks(page, kind):
    return [mark for mark in page.run(MARKS) if mark["kind"] == kind]


def test_a_click_on_a_pad_is_a_hit_and_falls_on_the_roll(page, box):
    page.find(".pad:nth-child(2)").click()
    page.until(lambda: marks(page, "call"), "a mark of the hit")
    [hit] = hits(box)
    assert hit["key"] == 38
    assert 40 <= hit["velocity"] <= 127
    assert marks(page, "call")[0]["drum"] == "snare"


def test_a_pad_is_harder_nearer_to_its_lower_edge(page, box):
    pad = page.find(".pad:nth-child(1)")
    for dy in (-40, 40):
        ActionChains(page.driver).move_to_element_with_offset(pad, 0, dy).click().perform()
    page.until(lambda: len(hits(box)) == 2, "two hits")
    soft, hard = hits(box)
    assert soft["velocity"] + 40 < hard["velocity"]


def test_every_letter_plays_its_pad_and_shift_an_accent(page, box):
    for letter in "asdfghjkl":
        page.press(letter)
    ActionChains(page.driver).key_down(Keys.SHIFT).send_keys("s").key_up(Keys.SHIFT).perform()
    page.until(lambda: len(hits(box)) == 10, "ten hits")
    keys = [hit["key"] for hit in hits(box)]
    assert keys == [36, 38, 42, 46, 45, 48, 50, 49, 51, 38]
    assert hits(box)[-1]["velocity"] > hits(box)[1]["velocity"]


def test_letters_play_nothing_when_that_is_switched_off(page, box):
    page.button("Keys").click()
    page.press("s")
    page.find(".pad:nth-child(1)").click()
    page.until(lambda: hits(box), "the click")
    assert [hit["key"] for hit in hits(box)] == [36]


def test_the_answer_falls_down_the_roll_and_sounds(page, box):
    page.find(".pad:nth-child(1)").click()
    page.until(lambda: marks(page, "answer"), "an answer")
    before = page.run(PLACE, "answer")
    page.until(lambda: page.run(PLACE, "answer") > before + 5, "its first stroke lower down")
    page.until(lambda: page.run(LIT) > 50, "the answer's colour on the canvas")
    page.until(lambda: page.run("return ghostnote.kit.played") > 3, "sounds")
    page.until(lambda: any(mark["fate"] == "struck" for mark in marks(page, "answer")), "a stroke that was struck")
    assert page.run("return ghostnote.kit.awake")
    assert page.text(".turn").startswith("Answering")


def test_strokes_sound_at_their_own_instants(page, box):
    """Handed to the audio device ahead of time, they start where the box's clock has them."""
    page.run(
        """ghostnote.kit.wake(); globalThis.starts = [];
        const strike = ghostnote.kit.strike.bind(ghostnote.kit);
        ghostnote.kit.strike = (drum, velocity, at) => {
            if (at) starts.push(at);
            return strike(drum, velocity, at);
        };"""
    )
    box.do(box.answer)
    page.until(lambda: page.run("return starts.length") > 6, "strokes handed over")
    instants = [mark["time"] for mark in marks(page, "answer")]
    for at in page.run("return starts"):
        box_time = page.run("return arguments[0] - ghostnote.clock.pageTime(0)", at)
        assert min(abs(box_time - instant) for instant in instants) < 0.05


def test_a_stroke_that_is_taken_back_leaves_the_roll(page, box):
    box.do(box.answer)
    page.until(lambda: len(marks(page, "answer")) > 10, "an answer")
    now = page.run("return ghostnote.clock.now()")
    box.do(box.change, {}, [{"e": "off", "duet": "left", "from": now + 1.0, "muted": False}])
    page.until(lambda: all(mark["time"] < now + 1.0 for mark in marks(page, "answer")), "none behind the instant")
    assert marks(page, "answer")


def test_the_space_key_is_panic_in_every_view_and_on_every_button(page, box):
    for view in ("stage", "knobs", "drum", "setup"):
        show(page, view)
        page.find("main button").send_keys(Keys.NULL)
        before = panics(box)
        page.press(" ")
        page.until(lambda before=before: panics(box) == before + 1, f"panic in {view}")
    assert "Panic" in page.text(".toast")


def test_panic_silences_what_is_to_come(page, box):
    box.do(box.answer)
    page.until(lambda: len(marks(page, "answer")) > 10, "an answer")
    page.find(".panic").click()
    page.until(lambda: page.run(TO_COME) == 0, "an empty roll")
    page.until(lambda: page.text(".turn").startswith("Ready"), "the turn is over")
    assert page.run("return ghostnote.sounding._waiting.length") == 0


def test_a_space_in_a_text_is_a_space(page, box):
    show(page, "duets")
    name = page.find("#new-duet")
    name.send_keys("a b s")
    assert name.get_property("value") == "a b s"
    assert not [one for one in box.heard if one["t"] in ("panic", "hit")]


def test_the_call_that_the_page_plays_says_where_it_ends(page, box):
    page.button("Play a call for me").click()
    page.until(lambda: any(one.get("control") == "end_call" for one in box.heard), "its end")
    (end,) = [one for one in box.heard if one.get("control") == "end_call"]
    assert end["duet"] == "left"  # the other one hears no pad
    assert [one["t"] for one in box.heard].count("hit") > 15


def test_the_story_is_silent_after_a_panic(page, box):
    page.button("Play a call for me").click()
    page.until(lambda: hits(box), "the first hit")
    page.press(" ")
    page.until(lambda: panics(box), "panic")
    end = page.run("return performance.now()")
    heard = len(hits(box))
    page.until(lambda: page.run("return performance.now()") > end + 1200, "more than a second")
    assert len(hits(box)) == heard


def test_a_call_is_played_for_who_only_wants_to_hear(page, box):
    page.button("Play a call for me").click()
    page.until(lambda: len(hits(box)) > 20, "the story's hits")
    assert {36, 38, 42} <= {hit["key"] for hit in hits(box)}


def test_bar_and_beat_count_on(page, box):
    read = "return [...document.querySelectorAll('.place b')].map((one) => one.textContent)"
    bar, beat, tempo = page.run(read)
    assert int(bar) >= 12
    assert tempo == "120"
    page.until(lambda: page.run(read)[:2] != [bar, beat], "the next beat")


def test_a_fault_is_told_in_words_with_what_to_do_and_can_be_seen(page, box):
    box.do(box.change, {"faults": [recorded.LOST, recorded.HOT], "lamp": {"shown": [recorded.LOST, recorded.READY]}})
    page.until(lambda: "1-3" in page.text(".faults"), "the fault")
    assert "The drum pad cannot be heard." in page.text(".faults")
    assert "Plug in its USB cable again" in page.text(".faults")
    assert "The drum pad cannot be heard." in page.text(".lamp-words")
    page.until(lambda: page.run("return document.querySelector('.led').classList.contains('red')"), "a red lamp")
    page.button("Seen").click()
    page.until(lambda: any(one["t"] == "seen" for one in box.heard), "seen")


def test_a_lost_connection_is_said_and_comes_back(page, box):
    # It can be back before the next look: the page itself counts how often the words were there.
    page.run(
        """const away = document.querySelector(".away");
        globalThis.said = 0;
        new MutationObserver(() => { said += away.hidden ? 0 : 1; }).observe(away, { attributes: true });"""
    )
    box.do(lambda: [panel.close() for panel in list(box.panels)])
    page.until(lambda: page.run("return said"), "that the box is away")
    page.until(lambda: not page.driver.find_element(By.CSS_SELECTOR, ".away").is_displayed(), "the connection")
    page.find(".pad:nth-child(1)").click()
    page.until(lambda: hits(box), "a hit on the new connection")


def test_panic_without_a_connection_says_what_to_do(page, box):
    page.allowed = ("WebSocket connection",)
    page.run("ghostnote.live._connect = () => {}")
    box.do(lambda: [panel.close() for panel in list(box.panels)])
    page.until(lambda: page.driver.find_element(By.CSS_SELECTOR, ".away").is_displayed(), "that the box is away")
    page.press(" ")
    page.until(lambda: "red button" in page.text(".toast"), "what to do instead")
