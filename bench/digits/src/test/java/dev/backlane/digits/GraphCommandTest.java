package dev.backlane.digits;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.graph.Node;
import dev.backlane.graph.WorkedExample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** {@code digits graph} from its arguments to its tables and pictures. */
class GraphCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        List<String> all = new ArrayList<>(List.of("graph"));
        all.addAll(List.of(args));
        return Main.run(
                new TrainCommand(false), new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
    }

    private static String name(WorkedExample example) {
        return example.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void assertOneLine(String line) {
        assertEquals("digits: " + line + "\n", err.toString());
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @EnumSource
    void printsTheTables(WorkedExample example) {
        assertEquals(ExitCode.OK, run(name(example)), err::toString);
        String text = out.toString();
        assertTrue(text.startsWith(example.title() + "\n"), text);
        assertTrue(text.contains("\n" + example.solve().trace()), text);
        assertTrue(text.contains("\n" + example.solve().trace().factors()), text);
        assertTrue(text.contains("\nBackward pass: " + example.solve().values().work() + "\n"), text);
        assertTrue(text.contains(" bytes without reuse, "), text);
        assertEquals("", err.toString());
    }

    @ParameterizedTest
    @EnumSource
    void drawsEveryNodeAndEdge(WorkedExample example) throws Exception {
        Path file = folder.resolve("graph.svg");
        assertEquals(ExitCode.OK, run(name(example), "--svg", file.toString()), err::toString);
        List<Node> nodes = example.solve().values().graph().nodes();
        int edges = nodes.stream().mapToInt(node -> node.inputs().size()).sum();
        assertEquals(file + ": " + nodes.size() + " nodes, " + edges + " edges\n", out.toString());
        Document svg = parse(file);
        assertEquals(nodes.size(), ofClass(svg, "g", "node").size());
        assertEquals(edges, ofClass(svg, "path", "edge").size());
        assertTrue(ofClass(svg, "path", "edge").stream()
                .allMatch(edge -> edge.getAttribute("marker-end").equals("url(#head)")));
        assertEquals(nodes.size(), ofClass(svg, "text", "value").size());
        assertEquals(
                1,
                ofClass(svg, "g", "output").stream()
                        .filter(mark -> mark.getAttribute("class").startsWith("node"))
                        .count());
    }

    @ParameterizedTest
    @EnumSource
    void keepsTextInsideItsBoxAndThePicture(WorkedExample example) throws Exception {
        Path file = folder.resolve("graph.svg");
        run(name(example), "--svg", file.toString());
        Document svg = parse(file);
        double pictureWidth = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
        for (Element text : elements(svg, "text")) {
            double left = Double.parseDouble(text.getAttribute("x"));
            double right = left + text.getTextContent().length() * 0.602 * 13;
            Element parent = (Element) text.getParentNode();
            double room = parent.getAttribute("class").startsWith("node ")
                    ? Double.parseDouble(elements(parent, "rect").getFirst().getAttribute("width"))
                    : pictureWidth;
            assertTrue(left >= 0 && right <= room, text::getTextContent);
        }
    }

    @Test
    void picturesNameTheFactors() throws Exception {
        Path file = folder.resolve("neuron.svg");
        run("neuron", "--svg", file.toString());
        List<String> labels = ofClass(parse(file), "text", "label").stream()
                .map(Element::getTextContent)
                .toList();
        assertAll(List.of("∂C/∂a = -0.66362", "∂a/∂z = 0.22171", "∂z/∂w = 1.5").stream()
                .map(label -> () -> assertTrue(labels.contains(label), labels::toString)));
    }

    @Test
    void picturesFollowTheReadersColours() throws Exception {
        Path file = folder.resolve("fan-out.svg");
        run("fan-out", "--svg", file.toString());
        assertTrue(Files.readString(file).contains("@media (prefers-color-scheme: dark)"));
    }

    @Test
    void writesDotBesideAPicture() throws Exception {
        Path dot = folder.resolve("graph.dot");
        Path svg = folder.resolve("graph.svg");
        assertEquals(ExitCode.OK, run("FAN-OUT", "--dot", dot.toString(), "--svg", svg.toString()), err::toString);
        assertEquals(WorkedExample.FAN_OUT.solve().trace().dot(), Files.readString(dot));
        assertTrue(Files.exists(svg));
        assertEquals(2, out.toString().lines().count(), out.toString());
    }

    @Test
    void missingAndUnknownExamplesGetTheList() {
        String list = "EXAMPLE must be one of sum-times-sum, fan-out, neuron, chain-of-four, two-layers";
        assertEquals(ExitCode.USAGE, run());
        assertOneLine(list + " (see digits graph --help)");
        err.getBuffer().setLength(0);
        assertEquals(
                ExitCode.USAGE,
                run("perceptron", "--svg", folder.resolve("x.svg").toString()));
        assertOneLine(list + ", but is 'perceptron' (see digits graph --help)");
        assertFalse(Files.exists(folder.resolve("x.svg")));
    }

    @ParameterizedTest
    @CsvSource({"--svg", "--dot"})
    void filesThatCannotBeWritten(String option) {
        Path file = folder.resolve("none").resolve("graph");
        assertEquals(ExitCode.DATA, run("neuron", option, file.toString()));
        assertOneLine(file + ": cannot be written: no such folder");
        err.getBuffer().setLength(0);
        assertEquals(ExitCode.DATA, run("neuron", option, folder.toString()));
        assertOneLine(folder + ": cannot be written: Is a directory");
    }

    @Test
    void helpNamesEveryExample() {
        assertEquals(ExitCode.OK, run("--help"));
        String text = out.toString();
        assertTrue(text.contains("Examples:") && text.contains("Exit codes:"), text);
        assertAll(GraphCommand.names().stream()
                .map(example -> () -> assertTrue(text.contains(" " + example + ": "), text)));
        assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
    }

    private static Document parse(Path file) throws Exception {
        return DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(file.toFile());
    }

    private static List<Element> elements(Document document, String name) {
        return elements(document.getDocumentElement(), name);
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagNameNS("http://www.w3.org/2000/svg", name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }

    private static List<Element> ofClass(Document document, String name, String style) {
        return elements(document, name).stream()
                .filter(element ->
                        List.of(element.getAttribute("class").split(" ", -1)).contains(style))
                .toList();
    }
}
