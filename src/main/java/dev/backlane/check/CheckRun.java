package dev.backlane.check;

import dev.backlane.check.Ladder.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** One check under way: what all modes share. */
final class CheckRun {
    /** A direction must agree to this many epsilons of ‖g∘d‖: the rounding of g itself, with room. */
    private static final double DIRECTION_SLACK = 64;

    private final Settings settings;
    private final Problem tested;
    private final DoubleTwin twin;
    private final List<String> defects = new ArrayList<>();
    private final Probes probes;
    private final double[][][] gradients;
    private final Problem differenced;
    private final double[] base;
    private final double[] sigma;
    private final double[][] scratch;
    private final double rtol;

    CheckRun(Settings settings, Problem tested, Problem twinProblem) {
        this.settings = settings;
        this.tested = tested;
        probes = new Probes(tested, settings.seed());
        Structure structure = new Structure(tested, probes, settings.seed(), defects);
        double[] testedBase = structure.forward();
        gradients = structure.backward();
        twin = twinProblem == null ? null : new DoubleTwin(twinProblem, tested, probes, testedBase, settings, defects);
        differenced = twin == null ? tested : twin.problem();
        base = twin == null ? testedBase : differenced.forward();
        sigma = Noise.estimate(differenced, base, magnitudes(differenced, base), settings.seed());
        scratch = new double[2][tested.outputSize()];
        rtol = settings.relativeTolerance();
    }

    private double[] magnitudes(Problem problem, double[] base) {
        double[] largest = Arrays.stream(base).map(Math::abs).toArray();
        for (int s = 0; s < 2; s++) {
            problem.jitter(new SplitMix(settings.seed(), 11, s), 0x1p-4);
            double[] nearby = problem.forward();
            for (int j = 0; j < largest.length; j++) {
                largest[j] = Double.isFinite(nearby[j]) ? Math.max(largest[j], Math.abs(nearby[j])) : largest[j];
            }
        }
        problem.restore();
        return largest;
    }

    static GradientReport run(Settings settings, Problem tested, Problem twinProblem) {
        try {
            CheckRun run = new CheckRun(settings, tested, twinProblem);
            Tally tally = new Tally(settings, tested, run.probes, run.twin);
            switch (settings.mode()) {
                case JACOBIAN -> new JacobianMode(run).run(tally);
                case PROJECTION -> new ProjectionMode(run).run(tally);
                case ADJOINT -> new AdjointMode(run).run(tally);
                case TAYLOR -> new TaylorMode(run).run(tally);
            }
            String precision = tested.epsilon() > 1e-10 ? "float" : "double";
            long evaluations = tested.evaluations() + (twinProblem == null ? 0 : twinProblem.evaluations());
            return tally.report(
                    List.copyOf(run.defects),
                    evaluations,
                    twinProblem == null ? precision : precision + " against a double twin");
        } finally {
            tested.leave();
            if (twinProblem != null) {
                twinProblem.leave();
            }
        }
    }

    Settings settings() {
        return settings;
    }

    long seed() {
        return settings.seed();
    }

    double rtol() {
        return rtol;
    }

    Problem tested() {
        return tested;
    }

    int inputCount() {
        return tested.inputs.size();
    }

    boolean differentiates(int input) {
        return tested.inputs.get(input).takesPart(settings);
    }

    Tensor shape(int input) {
        return tested.inputs.get(input).values;
    }

    Probes probes() {
        return probes;
    }

    double[] gradient(int input, int probe) {
        return gradients[probe][input];
    }

    double[][] gradients(int input, int[] which) {
        return Arrays.stream(which).mapToObj(p -> gradients[p][input]).toArray(double[][]::new);
    }

    private int[] outputs(int[] which) {
        return Arrays.stream(which).map(probes::outputOf).toArray();
    }

    /** The gradient's value at one coordinate, for every probe. */
    double[] analytic(int input, int k) {
        return Arrays.stream(gradients).mapToDouble(g -> g[input][k]).toArray();
    }

    /** {@code ⟨g, d⟩} for some probes. */
    double[] analytic(Direction direction, int[] which) {
        return Arrays.stream(which)
                .mapToDouble(p -> direction.dot(gradients[p][direction.input]))
                .toArray();
    }

    /** The coordinates that the settings select, ascending. */
    int[] coordinates(int input) {
        int size = shape(input).size();
        if (settings.only() != null) {
            return new int[] {
                settings.only().row() * shape(input).columns() + settings.only().column()
            };
        }
        if (settings.sample() == 0 || settings.sample() >= size) {
            return IntStream.range(0, size).toArray();
        }
        SplitMix random = new SplitMix(seed(), 7, input);
        return IntStream.generate(() -> random.nextInt(size))
                .distinct()
                .limit(settings.sample())
                .sorted()
                .toArray();
    }

    /** ∛ε to the power of two below, unless chosen otherwise. */
    double baseStep() {
        double h = settings.step() > 0 ? settings.step() : Math.cbrt(differenced.epsilon());
        return Numbers.powerOfTwo(h);
    }

    /**
     * Judges one coordinate through every probe. Entries are null where another probe of the same output passed.
     *
     * @param endLevel receives the ladder's last level; may be null
     */
    Outcome[] coordinate(int input, int k, int startLevel, int[] endLevel) {
        Direction axis = Direction.axis(differenced, input, k);
        int[] all = probes.all();
        double largest = Math.max(1, differenced.largest(input));
        double reach = Math.max(0.5, 0.5 * largest / axis.weight(k));
        Ladder ladder = new Ladder(line(axis, all), baseStep(), reach, null, analytic(input, k), outputs(all));
        Outcome[] outcomes = ladder.judge(startLevel, Ladder.coordinateRule(rtol), rtol);
        if (endLevel != null) {
            endLevel[0] = ladder.level();
        }
        return outcomes;
    }

    /** Judges a direction of several coordinates through some probes, one of each output. */
    Outcome[] direction(Direction direction, int[] which) {
        double[][] g = gradients(direction.input, which);
        double[] norms = Arrays.stream(g).mapToDouble(direction::norm).toArray();
        // n coordinates that move at once move an output as far as one that moves √n as far
        int start = -(int) Math.round(Math.log(direction.size()) / Math.log(256));
        Ladder ladder =
                new Ladder(line(direction, which), baseStep(), 0.5, g, analytic(direction, which), outputs(which));
        return ladder.judge(start, Ladder.directionRule(rtol, slack(), norms, rounding(direction, which)), rtol);
    }

    /** Per probe, the standard deviation of the rounding of {@code ⟨g, d⟩}: estimated when first asked for. */
    IntToDoubleFunction rounding(Direction direction, int[] which) {
        double[] known = new double[which.length];
        Arrays.fill(known, -1);
        return p -> {
            if (known[p] < 0) {
                known[p] = Noise.ofGradient(tested, probes.cotangent(which[p]), direction, seed());
            }
            return known[p];
        };
    }

    double slack() {
        return DIRECTION_SLACK * tested.epsilon();
    }

    Line line(Direction direction, int[] which) {
        double[][] cotangents = Arrays.stream(which).mapToObj(probes::cotangent).toArray(double[][]::new);
        return new Line(differenced, direction, cotangents, base, sigma, scratch);
    }

    Direction rademacher(int input, int trial) {
        return Direction.rademacher(differenced, input, new SplitMix(seed(), 8, input, trial));
    }
}
