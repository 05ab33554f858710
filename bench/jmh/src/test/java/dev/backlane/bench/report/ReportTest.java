package dev.backlane.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** A report from a small stored file. */
class ReportTest {
    @TempDir
    Path directory;

    private Path results;

    @BeforeEach
    void store() throws IOException {
        results = store("results.json");
    }

    private Path store(String name) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream in = ReportTest.class.getResourceAsStream(name)) {
            Files.copy(in, file);
        }
        return file;
    }

    @Test
    void productsWithPeakAndRatios() throws IOException {
        String report = Report.write(results, directory);
        assertLine(report, "|  | Backlane | ± | of peak | onednn | openblas | ejml | over onednn | over openblas |");
        assertLine(report, "| 256×256×256 | 241 | 0.7% | 94% | 223 | 209 | 7.99 | **1.08** | **1.15** |");
        assertLine(report, "| 1×512×784 | 39.9 | 0.5% | 16% | 53.3 | 36.5 |  | 0.75 | **1.09** |");
        assertLine(report, "Fused multiply-add peak in the same run, GFLOP/s: 256 of one core, 492 of all 2 together.");
    }

    @Test
    void twoThreadsHaveTheirOwnTableAndPeak() throws IOException {
        String report = Report.write(results, directory);
        assertLine(report, "## Matrix products, 2 threads, GFLOP/s");
        assertLine(report, "| TN:784×128×64 | 421 | 1.6% | 86% | 421 | **1.00** |");
    }

    @Test
    void winsLossesAndTies() throws IOException {
        String report = Report.write(results, directory);
        assertLine(
                report,
                "Against the fastest peer at each of 5 jobs on 1 thread: ahead at 4, behind at 1, within the spread of"
                        + " the forks at 0; geometric mean of the ratios **1.69**.");
        assertLine(
                report,
                "Against the fastest peer at each of 2 jobs on 2 threads: ahead at 1, behind at 0, within the spread"
                        + " of the forks at 1; geometric mean of the ratios **1.81**.");
    }

    @Test
    void peerOfNetworksGetsItsBestNumberOfThreads() throws IOException {
        String report = Report.write(results, directory);
        assertLine(report, "| training 784-128-10 sigmoid, 64 | 1 | 111 | 0.5% | 0 | 231 | 1 | **2.09** |");
        assertLine(report, "| training 784-128-10 sigmoid, 64 | 2 | 70.5 | 0.7% | 0 | 231 | 1 | **3.27** |");
    }

    @Test
    void sweepsAgainstCopyLoop() throws IOException {
        String report = Report.write(results, directory);
        assertLine(report, "| copy, 2^12 | 328 |  | 100% |");
        assertLine(report, "| sgd, 2^12 | 307 |  | 94% |");
        assertLine(report, "| adam, 2^12 | 328 |  | 100% |");
    }

    @Test
    void startUpCountsEveryProcess() throws IOException {
        assertLine(Report.write(results, directory), "| plain | 305 | 1000 | 900 to 1100 | 111 |");
    }

    @Test
    void absentPeerIsNamed() throws IOException {
        store("environment.json");
        String report = Report.write(results, directory);
        assertLine(report, "- processor: a processor");
        assertLine(report, "- netlib: skipped: not there");
        assertLine(report, "- sgemm NN:1x1x1 1 netlib: no");
        assertEquals(report, Files.readString(directory.resolve("report.md")));
    }

    @Test
    void chartsShowEveryJob() throws Exception {
        Report.write(results, directory);
        String products = svg("products.svg");
        assertTrue(products.contains("256×256×256") && products.contains("onednn"), products);
        assertFalse(products.contains("784×128×64"), "two threads are another chart's");
        String ratios = svg("ratios.svg");
        assertTrue(ratios.contains("Elementwise: tanh, 2^12") && ratios.contains("2 threads"), ratios);
    }

    @Test
    void reportOfNothingIsShort() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.json"), "[]");
        assertEquals("# Benchmarks\n\n", Report.write(empty, directory));
    }

    /** Its text, after a parser has accepted it. */
    private String svg(String name) throws Exception {
        Path file = directory.resolve(name);
        Document document = DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(file.toUri().toString());
        assertEquals("svg", document.getDocumentElement().getLocalName());
        assertTrue(document.getDocumentElement().hasAttribute("viewBox"));
        return document.getDocumentElement().getTextContent();
    }

    private static void assertLine(String report, String line) {
        assertTrue(report.lines().anyMatch(line::equals), () -> "no line\n" + line + "\nin\n" + report);
    }
}
