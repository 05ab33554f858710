package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of {@code digits train --report}: what is in it, and, where a Chromium is installed, what a person meets there. */
class ReportTest {
    private static final int TAB = 9;
    private static final int SPACE = 32;
    private static final int RIGHT = 39;
    private static final String NONE =
            "the report is not opened, since no Chromium is installed: on Debian, apt-get install chromium";

    @TempDir
    private static Path folder;

    private static Path page;
    private static Browser browser;

    @BeforeAll
    static void train() throws Exception {
        IdxFiles.writeBars(folder, 400, 90);
        page = folder.resolve("report <1>.html");
        String[] options = ("--network 70,12 --activation sigmoid --optimizer adam --learning-rate 0.003 --epochs 3"
                        + " --checkpoint none")
                .split(" ");
        Object[] words = Stream.concat(Stream.of("train", "--data", folder, "--report", page), Stream.of(options))
                .toArray();
        assertTrue(Cli.run(words).ok().out().endsWith("report: " + page + System.lineSeparator()));
        Optional<Path> chromium = Browser.executable();
        if (chromium.isPresent()) {
            browser = Browser.open(chromium.get(), Files.createDirectory(folder.resolve("profile")));
            browser.load(page);
        } else {
            System.out.println(NONE);
        }
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void plainColours() throws Exception {
        if (browser != null) {
            browser.colours("light");
        }
    }

    private static Browser browser() {
        Assumptions.assumeTrue(browser != null, NONE);
        return browser;
    }

    private static JsonObject data() throws Exception {
        String html = Files.readString(page);
        String start = "<script type=\"application/json\" id=\"data\">";
        int from = html.indexOf(start) + start.length();
        return JsonParser.parseString(html.substring(from, html.indexOf("</script>", from)))
                .getAsJsonObject();
    }

    @Test
    void holdsWhatTheRunShowed() throws Exception {
        JsonObject data = data();
        assertEquals(3, data.getAsJsonArray("epochs").size());
        assertEquals(4, data.getAsJsonArray("health").size());
        assertEquals(21, data.getAsJsonArray("batches").size());
        int total = 0;
        for (var row : data.getAsJsonArray("confusion")) {
            for (var count : row.getAsJsonArray()) {
                total += count.getAsInt();
            }
        }
        assertEquals(90, total);
        int wrong = data.get("wrong").getAsInt();
        assertTrue(wrong > 0, "some must be misread for what follows");
        assertEquals(Math.min(24, wrong), data.getAsJsonArray("misread").size());
        assertEquals(64, data.getAsJsonArray("firstWeights").size());
        assertEquals(12, data.getAsJsonArray("outputWeights").size());
    }

    @Test
    void needsNothingElse() throws Exception {
        String html = Files.readString(page);
        assertTrue(html.contains("default-src 'none'"));
        for (String way : List.of(" src=", "<link rel=\"stylesheet", "@import", "url(")) {
            assertFalse(html.replaceAll("(?s)<script>.*?</script>", "").contains(way), way);
        }
        assertTrue(html.contains("Permission to use, copy, modify, and/or distribute"), "D3's licence");
        for (String part : List.of("style", "data", "licence", "d3", "charts", "report")) {
            assertFalse(html.contains("{{" + part + "}}"), part);
        }
    }

    @Test
    void opensWithoutAnErrorAndWithoutARequest() throws Exception {
        Browser opened = browser();
        assertEquals(List.of(), opened.events("Runtime.exceptionThrown"));
        assertEquals(List.of(), opened.events("Log.entryAdded"));
        assertEquals(List.of(), opened.events("Runtime.consoleAPICalled"));
        List<String> requests = opened.events("Network.requestWillBeSent").stream()
                .map(event -> event.getAsJsonObject("request").get("url").getAsString())
                .filter(url -> !url.startsWith("data:"))
                .toList();
        assertEquals(List.of(page.toUri().toString()), requests);
        // What a script might try does not leave the page either.
        assertEquals(
                "blocked",
                opened.text("new Promise(done => { document.addEventListener('securitypolicyviolation',"
                        + " () => done('blocked')); new Image().src = 'http://127.0.0.1:9/x.png'; })"));
    }

    @Test
    void everyChartHasItsMarks() throws Exception {
        Browser opened = browser();
        String marks = "document.querySelectorAll('[data-chart=\"%s\"] .mark').length";
        assertEquals(2 + 3, opened.number(marks.formatted("loss")));
        assertEquals(1 + 3, opened.number(marks.formatted("accuracy")));
        assertEquals(10, opened.number(marks.formatted("outputs")));
        assertEquals(10, opened.number(marks.formatted("layer-output")));
        assertEquals(12, opened.number(marks.formatted("layer-2")));
        assertEquals(64, opened.number(marks.formatted("layer-1")));
        assertEquals(12, opened.number(marks.formatted("weights")));
        assertEquals(12, opened.number(marks.formatted("activations")));
        assertEquals(100, opened.number(marks.formatted("confusion")));
        assertEquals(3 + 3 * 4, opened.number(marks.formatted("gradient")));
        assertEquals(2 + 2 * 4, opened.number(marks.formatted("saturated")));
        assertEquals(2 + 2 * 4, opened.number(marks.formatted("dead")));
        assertEquals(3 + 3 * 4, opened.number(marks.formatted("update")));
        assertEquals(10, opened.number(marks.formatted("slopes-1")));
        assertEquals(10, opened.number(marks.formatted("slopes-2")));
        // None is drawn outside its picture, or without a place.
        assertEquals(
                0,
                opened.number("[...document.querySelectorAll('svg .mark')].filter(mark => { const box = mark"
                        + ".getBoundingClientRect(), all = mark.ownerSVGElement.getBoundingClientRect();"
                        + " return !(box.left >= all.left - 1 && box.right <= all.right + 1 && box.top >= all.top - 1"
                        + " && box.bottom <= all.bottom + 1) }).length"));
        assertEquals(
                0,
                opened.number("document.querySelectorAll('[role=img]:not([aria-label]), [aria-label=\"\"]').length"));
        assertEquals(0, opened.number("document.querySelectorAll('svg [d*=NaN], svg [transform*=NaN]').length"));
        assertEquals(
                0,
                opened.number("[...document.querySelectorAll('figure[data-chart]')].filter(figure =>"
                        + " figure.querySelectorAll('details tbody tr').length === 0).length"));
    }

    @Test
    void theKeyboardSwitchesDigitsAndOutputs() throws Exception {
        Browser opened = browser();
        opened.evaluate(
                "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')");
        opened.press("Tab", TAB);
        assertEquals("skip", opened.text("document.activeElement.className"));
        opened.evaluate("document.querySelector('#digits input:checked').focus()");
        String verdict = opened.text("document.getElementById('verdict').textContent");
        String picture = opened.text("document.querySelector('[data-image=ink] canvas').toDataURL()");
        String wishes = opened.text("document.querySelector('[data-image=wishes] canvas').toDataURL()");
        String bars = opened.text("document.querySelector('[data-chart=outputs] svg').innerHTML");
        opened.press("ArrowRight", RIGHT);
        assertNotEquals(verdict, opened.text("document.getElementById('verdict').textContent"));
        assertNotEquals(picture, opened.text("document.querySelector('[data-image=ink] canvas').toDataURL()"));
        assertNotEquals(wishes, opened.text("document.querySelector('[data-image=wishes] canvas').toDataURL()"));
        assertNotEquals(bars, opened.text("document.querySelector('[data-chart=outputs] svg').innerHTML"));
        opened.evaluate("document.querySelectorAll('#neurons input')[3].focus()");
        opened.press(" ", SPACE);
        assertTrue(opened.text("document.getElementById('bias').textContent").startsWith("1. The bias of output 3 "));
    }

    @Test
    void aMisreadDigitOpensWhatItWants() throws Exception {
        Browser opened = browser();
        int count = data().getAsJsonArray("misread").size();
        assertEquals(count, opened.number("document.querySelectorAll('#misread button').length"));
        opened.evaluate("document.querySelector('#misread button:last-child').focus()");
        String label = opened.text("document.activeElement.querySelector('canvas').getAttribute('aria-label')");
        opened.evaluate("document.activeElement.click()");
        String verdict = opened.text("document.getElementById('verdict').textContent");
        assertTrue(verdict.toLowerCase(Locale.ROOT).startsWith(label + " shows "), verdict);
        assertEquals("digit", opened.text("document.activeElement.name"));
    }

    @Test
    void theNudgesShownAreTheNudgesComputed() throws Exception {
        Browser opened = browser();
        opened.evaluate("document.querySelector('#digits input').click()");
        JsonObject first = data().getAsJsonArray("explanations").get(0).getAsJsonObject();
        double nudge =
                first.getAsJsonObject("outputs").getAsJsonArray("nudges").get(0).getAsDouble();
        double x = opened.evaluate("+document.querySelector('[data-chart=outputs] .mark').getAttribute('width')")
                .getAsDouble();
        double second =
                first.getAsJsonObject("outputs").getAsJsonArray("nudges").get(1).getAsDouble();
        double x2 = opened.evaluate("+document.querySelectorAll('[data-chart=outputs] .mark')[1].getAttribute('width')")
                .getAsDouble();
        assertEquals(Math.abs(nudge / second), x / x2, 0.3 * Math.abs(nudge / second));
    }

    /** Where f′ is not 0 or 1, a nudge is not a wish: the triangles of a layer of sigmoids are as large as their nudges. */
    @Test
    void theTrianglesAreTheNudges() throws Exception {
        Browser opened = browser();
        double deviation = opened.evaluate(
                        "(() => { const marks = d3.selectAll('[data-chart=layer-1] .nudge'); const most ="
                            + " d3.max(marks.data(), d => Math.abs(d.nudge)); return d3.max(marks.nodes(), node => {"
                            + " const d = d3.select(node).datum(); const tip ="
                            + " -node.getAttribute('d').match(/^M0,(-?[0-9.]+)/)[1]; return Math.abs(tip -"
                            + " Math.sign(d.nudge) * (2 + 10 * Math.sqrt(Math.abs(d.nudge) / most))) }) })()")
                .getAsDouble();
        assertEquals(0, deviation, 1e-6);
    }

    @Test
    void readableInDarkAndLight() throws Exception {
        Browser opened = browser();
        String ink = "document.querySelector('[data-image=ink] canvas').toDataURL()";
        String light = opened.text(ink);
        for (String scheme : List.of("light", "dark")) {
            opened.colours(scheme);
            opened.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
            // WCAG's contrast of text, soft text, and the colours of more and less, on page and panel.
            double least = opened.evaluate("(() => { const style = getComputedStyle(document.documentElement);"
                            + " const luminance = name => { const c = d3.rgb(style.getPropertyValue(name).trim());"
                            + " const f = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;"
                            + " return .2126 * f(c.r) + .7152 * f(c.g) + .0722 * f(c.b) };"
                            + " const contrast = (a, b) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05);"
                            + " return Math.min(...['--text', '--soft', '--up', '--down'].flatMap(t =>"
                            + " ['--paper', '--panel'].map(p => contrast(luminance(t), luminance(p))))) })()")
                    .getAsDouble();
            assertTrue(least >= 4.5, scheme + ": contrast " + least);
        }
        assertNotEquals(light, opened.text(ink));
    }
}
