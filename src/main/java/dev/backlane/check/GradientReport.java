package dev.backlane.check;

import java.util.List;

/**
 * What a {@link GradientCheck} found. {@link #toString()} tells the whole story in plain text, {@link #toJson()} the same
 * to a program.
 */
public final class GradientReport {
    private final Verdict verdict;
    private final Settings settings;
    private final String precision;
    private final List<InputSummary> inputs;
    private final List<Finding> worst;
    private final List<String> defects;
    private final long[] histogram;
    private final long evaluations;

    GradientReport(
            Verdict verdict,
            Settings settings,
            String precision,
            List<InputSummary> inputs,
            List<Finding> worst,
            List<String> defects,
            long[] histogram,
            long evaluations) {
        this.verdict = verdict;
        this.settings = settings;
        this.precision = precision;
        this.inputs = List.copyOf(inputs);
        this.worst = List.copyOf(worst);
        this.defects = List.copyOf(defects);
        this.histogram = histogram.clone();
        this.evaluations = evaluations;
    }

    /**
     * The verdict on the whole: FAIL if any comparison failed or there are {@linkplain #defects() defects}, PASS if every
     * input passed, INCONCLUSIVE otherwise.
     *
     * @return the verdict
     */
    public Verdict verdict() {
        return verdict;
    }

    /**
     * The mode that ran.
     *
     * @return the mode
     */
    public Mode mode() {
        return settings.mode();
    }

    /**
     * The seed of all random choices.
     *
     * @return the seed
     */
    public long seed() {
        return settings.seed();
    }

    /**
     * The relative tolerance in force.
     *
     * @return the tolerance
     */
    public double relativeTolerance() {
        return settings.relativeTolerance();
    }

    /**
     * How many times the forward pass ran.
     *
     * @return the number of evaluations
     */
    public long evaluations() {
        return evaluations;
    }

    /**
     * One summary per differentiated input, in the order of declaration.
     *
     * @return the summaries
     */
    public List<InputSummary> inputs() {
        return inputs;
    }

    /**
     * The worst comparisons: failures first, then unresolved ones, then by relative error.
     *
     * @return at most as many as {@link GradientCheck#worst(int)} asked for
     */
    public List<Finding> worst() {
        return worst;
    }

    /**
     * What is wrong beyond any coordinate's value: a pass that is not deterministic, modifies its inputs, writes between
     * rows, overwrites where it should accumulate, is not linear in its cotangents. Any of them makes the whole fail.
     *
     * @return one sentence each
     */
    public List<String> defects() {
        return defects;
    }

    /**
     * Relative errors of all comparisons that passed or failed, by decade: below 1e-16, 1e-16 to 1e-15, and so on to 0.1
     * to 1, and last 1 and above or not finite.
     *
     * @return 18 counts
     */
    public long[] histogram() {
        return histogram.clone();
    }

    /**
     * One line that repeats the worst comparison: calls to append to the same declaration of functions, inputs and
     * outputs.
     *
     * @return the line
     */
    public String reproducer() {
        StringBuilder line = new StringBuilder(".seed(" + settings.seed() + "L).mode(Mode." + settings.mode() + ")");
        line.append(".relativeTolerance(").append(settings.relativeTolerance()).append(')');
        if (settings.absoluteTolerance() > 0) {
            line.append(".absoluteTolerance(")
                    .append(settings.absoluteTolerance())
                    .append(')');
        }
        if (settings.step() > 0) {
            line.append(".step(").append(settings.step()).append(')');
        }
        if (settings.mode() == Mode.JACOBIAN && !worst.isEmpty()) {
            Finding first = worst.getFirst();
            line.append(".only(\"").append(first.input()).append("\", ");
            line.append(first.row()).append(", ").append(first.column()).append(')');
        } else {
            line.append(".directions(").append(settings.directions()).append(')');
        }
        return line.append(".check()").toString();
    }

    /**
     * Throws unless the verdict is PASS. An inconclusive check throws too, since a test that cannot see must not be green;
     * its message begins with {@code gradient check INCONCLUSIVE} rather than {@code gradient check FAILED}. Code that
     * accepts inconclusive checks asks {@link #verdict()} instead.
     *
     * @return this report, if it passes
     * @throws AssertionError with the whole report as message
     */
    public GradientReport assertPasses() {
        if (verdict != Verdict.PASS) {
            throw new AssertionError(this + System.lineSeparator());
        }
        return this;
    }

    Settings settings() {
        return settings;
    }

    String precision() {
        return precision;
    }

    /**
     * The report as one JSON object. Numbers that JSON lacks are the strings {@code "NaN"}, {@code "Infinity"} and
     * {@code "-Infinity"}; all else follows RFC 8259. Keys are the names of this package's accessors.
     *
     * @return valid JSON, on one line
     */
    public String toJson() {
        return JsonReport.render(this);
    }

    /**
     * The whole story in plain text: verdict, one line per input, the worst comparisons, a histogram of relative errors,
     * and the line that reproduces it.
     */
    @Override
    public String toString() {
        return TextReport.render(this);
    }
}
