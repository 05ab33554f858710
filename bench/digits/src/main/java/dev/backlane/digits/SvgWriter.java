package dev.backlane.digits;

import dev.backlane.digits.Drawing.Arrow;
import dev.backlane.digits.Drawing.Box;
import dev.backlane.digits.Drawing.Kind;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.alg.layered.options.OrderingStrategy;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeLabelPlacement;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkLabel;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * A drawing as an SVG picture that needs nothing else: ELK gives every box, arrow and label its place, and this class
 * writes them down. The only class that loads the layout library.
 */
final class SvgWriter {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    // Pixels. The widest of the common fixed-width fonts takes 0.602 of its size for a letter.
    private static final double FONT_SIZE = 13;
    private static final double LETTER = 0.62 * FONT_SIZE;
    private static final double LINE = 18;
    private static final double PADDING = 10;
    private static final double MARGIN = 24;
    private static final double GAP = 3;
    private static final double CORNER = 6;
    private static final double SWATCH = 12;

    private static final List<String> NOTES = List.of(
            "Arrows follow the forward pass; on each stands its local derivative.",
            "A node's gradient: the sum, over the arrows that leave it, of",
            "gradient at the arrow's head × local derivative. Dashed: none is needed.");

    private static final String STYLE = """

        text { font: 13px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #1f2328 }
        .name { font-weight: bold }
        .value { fill: #0550ae }
        .gradient { fill: #b42318 }
        .note { fill: #57606a }
        .background { fill: #ffffff }
        .box { stroke: #57606a; stroke-width: 1.2; fill: #ffffff }
        .variable .box { fill: #ddf4ff; stroke: #0969da }
        .data .box { fill: #eaeef2 }
        .output .box { fill: #fff8c5; stroke: #9a6700; stroke-width: 2 }
        .edge { fill: none; stroke: #57606a; stroke-width: 1.4 }
        .constant { stroke-dasharray: 4 3 }
        .head { fill: #57606a }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 }
          .value { fill: #79c0ff }
          .gradient { fill: #ffa198 }
          .note { fill: #9da7b1 }
          .background { fill: #0d1117 }
          .box { stroke: #8d96a0; fill: #161b22 }
          .variable .box { fill: #0c2d4d; stroke: #388bfd }
          .data .box { fill: #272d35 }
          .output .box { fill: #3b2e0a; stroke: #d29922 }
          .edge { stroke: #8d96a0 }
          .head { fill: #8d96a0 }
        }
        """;

    private final XMLStreamWriter xml;

    private SvgWriter(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /**
     * The picture of a drawing.
     *
     * @param drawing what to show
     * @return an SVG document
     */
    static String write(Drawing drawing) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new SvgWriter(xml).document(drawing, layout(drawing));
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("cannot write to memory", e);
        }
        return text.toString();
    }

    /** Children and contained edges stand in the order of boxes and arrows. */
    private static ElkNode layout(Drawing drawing) {
        // Registers the library's algorithms and the types of their options.
        LayoutMetaDataService.getInstance();
        ElkNode root = ElkGraphUtil.createGraph();
        root.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
        root.setProperty(LayeredOptions.DIRECTION, Direction.DOWN);
        root.setProperty(LayeredOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
        root.setProperty(LayeredOptions.PADDING, new ElkPadding(0));
        root.setProperty(LayeredOptions.SPACING_NODE_NODE, 28.0);
        root.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 22.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_NODE, 14.0);
        root.setProperty(LayeredOptions.SPACING_EDGE_EDGE, 12.0);
        // Operands from left to right as they stand in the formula, where that costs no crossing.
        root.setProperty(LayeredOptions.CONSIDER_MODEL_ORDER_STRATEGY, OrderingStrategy.PREFER_EDGES);
        root.setProperty(LayeredOptions.NODE_PLACEMENT_STRATEGY, NodePlacementStrategy.NETWORK_SIMPLEX);
        List<ElkNode> nodes = new ArrayList<>();
        for (Box box : drawing.boxes()) {
            ElkNode node = ElkGraphUtil.createNode(root);
            node.setDimensions(width(box.lines()) + 2 * PADDING, box.lines().size() * LINE + PADDING);
            nodes.add(node);
        }
        for (Arrow arrow : drawing.arrows()) {
            ElkEdge edge = ElkGraphUtil.createSimpleEdge(nodes.get(arrow.from()), nodes.get(arrow.to()));
            if (!arrow.label().isEmpty()) {
                ElkLabel label = ElkGraphUtil.createLabel(arrow.label(), edge);
                label.setDimensions(width(List.of(arrow.label())) + 2 * GAP, LINE);
                label.setProperty(LayeredOptions.EDGE_LABELS_PLACEMENT, EdgeLabelPlacement.CENTER);
                label.setProperty(LayeredOptions.EDGE_LABELS_INLINE, true);
            }
        }
        new RecursiveGraphLayoutEngine().layout(root, new BasicProgressMonitor());
        return root;
    }

    private static double width(List<String> lines) {
        return lines.stream().mapToInt(String::length).max().orElse(0) * LETTER;
    }

    private void document(Drawing drawing, ElkNode root) throws XMLStreamException {
        double top = MARGIN + 2 * LINE;
        double notes = top + root.getHeight() + 2 * LINE;
        double legend = notes + NOTES.size() * LINE;
        List<String> kinds = Stream.of(Kind.values()).map(Kind::toString).toList();
        double width = Math.max(
                Math.max(root.getWidth(), width(List.of(drawing.title()))),
                Math.max(
                        width(NOTES),
                        kinds.stream().mapToDouble(SvgWriter::swatchWidth).sum()));
        double height = legend + LINE;
        xml.writeStartElement("svg");
        xml.writeDefaultNamespace(NAMESPACE);
        attributes("role", "img", "width", number(width + 2 * MARGIN), "height", number(height + MARGIN));
        attributes("viewBox", "0 0 " + number(width + 2 * MARGIN) + " " + number(height + MARGIN));
        line("title", drawing.title());
        line("style", STYLE);
        marker();
        empty("rect", "class", "background", "width", "100%", "height", "100%", "rx", number(CORNER));
        text(drawing.title(), "name", MARGIN, MARGIN + LINE / 2);
        double left = MARGIN + (width - root.getWidth()) / 2;
        start("g", "transform", "translate(" + point(left, top) + ")");
        for (int i = 0; i < drawing.arrows().size(); i++) {
            arrow(drawing.arrows().get(i), root.getContainedEdges().get(i));
        }
        for (int i = 0; i < drawing.boxes().size(); i++) {
            box(drawing.boxes().get(i), root.getChildren().get(i));
        }
        end();
        for (int i = 0; i < NOTES.size(); i++) {
            text(NOTES.get(i), "note", MARGIN, notes + i * LINE);
        }
        legend(MARGIN, legend + LINE / 2);
        end();
        xml.writeEndDocument();
        xml.writeCharacters("\n");
    }

    private void marker() throws XMLStreamException {
        start("defs");
        start("marker", "id", "head", "viewBox", "0 0 10 10", "refX", "9", "refY", "5");
        attributes("markerWidth", "10", "markerHeight", "10", "markerUnits", "userSpaceOnUse", "orient", "auto");
        empty("path", "class", "head", "d", "M0 0.5L10 5L0 9.5Z");
        end();
        end();
    }

    private void box(Box box, ElkNode place) throws XMLStreamException {
        start("g", "class", "node " + box.kind().name().toLowerCase(Locale.ROOT));
        attributes("transform", "translate(" + point(place.getX(), place.getY()) + ")");
        rectangle("box", 0, 0, place.getWidth(), place.getHeight());
        for (int i = 0; i < box.lines().size(); i++) {
            String line = box.lines().get(i);
            // The first word of a line is "value" or "gradient", but for a name or a shape.
            int space = line.indexOf(' ');
            String style = i == 0 ? "name" : space < 0 ? "note" : line.substring(0, space);
            text(line, style, PADDING, PADDING / 2 + (i + 0.5) * LINE);
        }
        end();
    }

    private void arrow(Arrow arrow, ElkEdge edge) throws XMLStreamException {
        for (ElkEdgeSection section : edge.getSections()) {
            empty("path", "class", arrow.differentiable() ? "edge" : "edge constant", "d", path(section));
            attributes("marker-end", "url(#head)");
        }
        for (ElkLabel label : edge.getLabels()) {
            rectangle("background", label.getX(), label.getY(), label.getWidth(), label.getHeight());
            text(label.getText(), "label", label.getX() + GAP, label.getY() + label.getHeight() / 2);
        }
    }

    /** Straight lines whose corners are rounded. */
    private static String path(ElkEdgeSection section) {
        List<double[]> points = new ArrayList<>();
        points.add(new double[] {section.getStartX(), section.getStartY()});
        section.getBendPoints().forEach(bend -> points.add(new double[] {bend.getX(), bend.getY()}));
        points.add(new double[] {section.getEndX(), section.getEndY()});
        StringBuilder path = new StringBuilder("M").append(point(points.getFirst()));
        for (int i = 1; i < points.size() - 1; i++) {
            double[] corner = points.get(i);
            path.append('L').append(point(near(corner, points.get(i - 1))));
            path.append('Q').append(point(corner)).append(' ').append(point(near(corner, points.get(i + 1))));
        }
        return path.append('L').append(point(points.getLast())).toString();
    }

    /** From a corner towards another point, but never beyond the middle. */
    private static double[] near(double[] corner, double[] other) {
        double dx = other[0] - corner[0];
        double dy = other[1] - corner[1];
        double length = Math.hypot(dx, dy);
        double part = length == 0 ? 0 : Math.min(CORNER / length, 0.5);
        return new double[] {corner[0] + part * dx, corner[1] + part * dy};
    }

    private void legend(double left, double y) throws XMLStreamException {
        double x = left;
        for (Kind kind : Kind.values()) {
            start("g", "class", kind.name().toLowerCase(Locale.ROOT));
            rectangle("box", x, y - SWATCH / 2, SWATCH, SWATCH);
            text(kind.toString(), "note", x + SWATCH + 6, y);
            end();
            x += swatchWidth(kind.toString());
        }
    }

    private static double swatchWidth(String kind) {
        return SWATCH + 6 + width(List.of(kind)) + 18;
    }

    private void rectangle(String style, double x, double y, double width, double height) throws XMLStreamException {
        empty("rect", "class", style, "rx", "4", "x", number(x), "y", number(y));
        attributes("width", number(width), "height", number(height));
    }

    /** Centred on y without dominant-baseline, which not every viewer knows. */
    private void text(String text, String style, double x, double y) throws XMLStreamException {
        start("text", "class", style, "x", number(x), "y", number(y + 0.35 * FONT_SIZE));
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    private void line(String element, String text) throws XMLStreamException {
        start(element);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    private void start(String element, String... attributes) throws XMLStreamException {
        xml.writeCharacters("\n");
        xml.writeStartElement(element);
        attributes(attributes);
    }

    private void empty(String element, String... attributes) throws XMLStreamException {
        xml.writeCharacters("\n");
        xml.writeEmptyElement(element);
        attributes(attributes);
    }

    private void end() throws XMLStreamException {
        xml.writeCharacters("\n");
        xml.writeEndElement();
    }

    private void attributes(String... namesAndValues) throws XMLStreamException {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            xml.writeAttribute(namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    private static String point(double... xy) {
        return number(xy[0]) + " " + number(xy[1]);
    }

    private static String number(double x) {
        return String.format(Locale.ROOT, "%.1f", x);
    }
}
