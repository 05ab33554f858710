package dev.backlane.bench.report;

import dev.backlane.bench.peer.Peers;
import dev.backlane.bench.peer.Shape;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Rectangle;
import java.awt.geom.Ellipse2D;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.dom.GenericDOMImplementation;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.CategoryLabelPositions;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.text.TextUtils;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.general.DatasetUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Charts as SVG. */
final class Charts {
    private static final Map<String, Color> COLORS = new LinkedHashMap<>();
    private static final Color GRID = new Color(0xd0d0d0);
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    static {
        // Rotated text stays text instead of outlines.
        TextUtils.setUseDrawRotatedStringWorkaround(false);
        COLORS.put("backlane", new Color(0x0b6e4f));
        COLORS.put("onednn", new Color(0x4878a8));
        COLORS.put("openblas", new Color(0xe0a030));
        COLORS.put("netlib", new Color(0xa05050));
        COLORS.put("ejml", new Color(0x909090));
    }

    private Charts() {}

    /** Bars: the products of all peers on one thread, and the machine's peak as a line. */
    static void products(Results results, Peak peak, Path file) throws IOException {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        Set<String> shapes = new LinkedHashSet<>();
        List<Measurement> all = results.of("SgemmBenchmark.sgemm").stream()
                .filter(one -> one.number("threads") == 1)
                .toList();
        all.forEach(one -> shapes.add(one.get("shape")));
        for (String peer : Peers.ALL) {
            for (String shape : shapes) {
                all.stream()
                        .filter(one ->
                                one.get("peer").equals(peer) && one.get("shape").equals(shape))
                        .forEach(one -> data.addValue(
                                Shape.of(shape).flops() / one.spread().median(),
                                peer,
                                Sections.shape(Shape.of(shape))));
            }
        }
        JFreeChart chart = ChartFactory.createBarChart("Matrix products m×n×k, one thread", null, "GFLOP/s", data);
        CategoryPlot plot = style(chart);
        BarRenderer renderer = (BarRenderer) plot.getRenderer();
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setItemMargin(0);
        for (int row = 0; row < data.getRowCount(); row++) {
            renderer.setSeriesPaint(row, COLORS.getOrDefault(data.getRowKey(row), Color.DARK_GRAY));
        }
        plot.getDomainAxis().setCategoryLabelPositions(CategoryLabelPositions.UP_45);
        if (peak.known(1)) {
            plot.addRangeMarker(line(peak.oneCore()));
            double highest = Math.max(
                    peak.oneCore(), DatasetUtils.findMaximumRangeValue(data).doubleValue());
            plot.getRangeAxis().setUpperBound(highest * 1.05);
        }
        write(chart, 1000, 420, file);
    }

    /** Points: Backlane's speed over that of the fastest peer at every job. */
    static void ratios(List<Comparison> comparisons, Path file) throws IOException {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        Set<String> jobs = new LinkedHashSet<>();
        for (Comparison one : comparisons) {
            String series = one.threads() == 1 ? "1 thread" : one.threads() + " threads";
            String job = one.section() + ": " + one.job();
            jobs.add(job);
            data.addValue(one.ratio().median(), series, job);
        }
        JFreeChart chart = ChartFactory.createLineChart(
                "Backlane's speed over the fastest peer's (right of the line Backlane is faster)",
                null,
                null,
                data,
                PlotOrientation.HORIZONTAL,
                true,
                false,
                false);
        CategoryPlot plot = style(chart);
        LineAndShapeRenderer renderer = new LineAndShapeRenderer(false, true);
        Color[] colors = {COLORS.get("backlane"), COLORS.get("openblas"), COLORS.get("onednn")};
        for (int row = 0; row < data.getRowCount(); row++) {
            renderer.setSeriesShape(row, new Ellipse2D.Double(-4, -4, 8, 8));
            renderer.setSeriesPaint(row, colors[row % colors.length]);
        }
        plot.setRenderer(renderer);
        LogAxis axis = new LogAxis();
        axis.setBase(2);
        axis.setTickUnit(new NumberTickUnit(0.5));
        axis.setNumberFormatOverride(new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)));
        axis.setRange(
                Math.min(0.7, 0.95 * DatasetUtils.findMinimumRangeValue(data).doubleValue()),
                Math.max(1.5, 1.05 * DatasetUtils.findMaximumRangeValue(data).doubleValue()));
        axis.setTickLabelFont(FONT);
        plot.setRangeAxis(axis);
        plot.setDomainGridlinesVisible(true);
        plot.addRangeMarker(line(1));
        CategoryAxis jobAxis = plot.getDomainAxis();
        jobAxis.setMaximumCategoryLabelWidthRatio(0.6f);
        jobAxis.setLowerMargin(0.01);
        jobAxis.setUpperMargin(0.01);
        write(chart, 900, 110 + 18 * jobs.size(), file);
    }

    private static CategoryPlot style(JFreeChart chart) {
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setFont(FONT.deriveFont(Font.BOLD, 14));
        chart.getLegend().setItemFont(FONT);
        CategoryPlot plot = chart.getCategoryPlot();
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(GRID);
        plot.setDomainGridlinePaint(GRID);
        plot.setOutlineVisible(false);
        plot.getDomainAxis().setTickLabelFont(FONT);
        plot.getRangeAxis().setTickLabelFont(FONT);
        return plot;
    }

    private static ValueMarker line(double value) {
        return new ValueMarker(value, Color.BLACK, new BasicStroke(1.2f));
    }

    private static void write(JFreeChart chart, int width, int height, Path file) throws IOException {
        Document document = GenericDOMImplementation.getDOMImplementation()
                .createDocument("http://www.w3.org/2000/svg", "svg", null);
        SVGGraphics2D graphics = new SVGGraphics2D(document);
        chart.draw(graphics, new Rectangle(width, height));
        Element root = graphics.getRoot();
        root.setAttribute("viewBox", "0 0 " + width + ' ' + height);
        // Batik's own writer adds a document type, which parsers then want to fetch.
        try (Writer out = Files.newBufferedWriter(file)) {
            TransformerFactory.newDefaultInstance()
                    .newTransformer()
                    .transform(new DOMSource(root), new StreamResult(out));
        } catch (TransformerException e) {
            throw new IOException(e);
        }
    }
}
