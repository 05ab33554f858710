package dev.backlane.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * Checks a backward pass against its forward pass, on the arrays that the code under test already uses.
 *
 * {@snippet :
 * float[] x = …, w = …, y = new float[2 * 3], dy = new float[2 * 3], dw = new float[4 * 3];
 *
 * GradientCheck.of(() -> layer.forward(x, w, y), () -> layer.backward(x, dy, dw))
 *         .input("w", w, dw, 4, 3)
 *         .output("y", y, dy, 2, 3)
 *         .accumulates(true)
 *         .check()
 *         .assertPasses();
 * }
 *
 * <p>Forward reads the inputs' values and writes the outputs' values. Backward runs after a forward at the same point,
 * reads the outputs' cotangents from the outputs' gradient arrays and writes {@code Jᵀ·c} to the inputs' gradient arrays.
 * The checker moves the inputs in place and puts every bit back, also when the code under test throws; it overwrites the
 * arrays of gradients, tangents, outputs and cotangents.
 *
 * <p>Tolerance: with {@code float} anywhere 2e-3, so that an error of 1% fails and not much more is asked of differences
 * of {@code float} values; with a {@linkplain #inDouble double twin} 1e-4; in {@code double} 1e-6. First step: ∛ε·max(1,
 * |x|), rounded to a power of two, divided by the step actually realised; from there it adapts to the estimated noise of
 * the function and to its curvature.
 *
 * <p>A builder: not safe for several threads at once. {@link #check()} may be called again and again, and gives the same
 * report each time if the code under test is deterministic.
 */
public final class GradientCheck {
    private final Runnable forward;
    private final Runnable backward;
    private final List<Slot> inputs = new ArrayList<>();
    private final List<Slot> outputs = new ArrayList<>();
    private Runnable jvp;
    private GradientCheck twin;
    private Mode mode = Mode.JACOBIAN;
    private long seed = 42;
    private double relativeTolerance = Double.NaN;
    private double absoluteTolerance;
    private double maxInconclusive = 0.25;
    private double step;
    private int directions = 8;
    private int sample;
    private int worst = 10;
    private Settings.Only only;

    private GradientCheck(Runnable forward, Runnable backward) {
        this.forward = Objects.requireNonNull(forward, "forward");
        this.backward = backward;
    }

    /**
     * Checks a function of declared inputs and outputs.
     *
     * @param forward reads the inputs, writes the outputs
     * @param backward reads the cotangents of the outputs, writes or accumulates the gradients of the inputs
     * @return a check without inputs and outputs yet
     */
    public static GradientCheck of(Runnable forward, Runnable backward) {
        return new GradientCheck(forward, Objects.requireNonNull(backward, "backward"));
    }

    /**
     * Checks the gradient of a scalar loss. It has no declared output, and its cotangent is 1.
     *
     * @param loss reads the inputs, returns the loss
     * @param backward writes or accumulates the gradients of the loss
     * @return a check without inputs yet
     */
    public static GradientCheck ofLoss(DoubleSupplier loss, Runnable backward) {
        Objects.requireNonNull(loss, "loss");
        double[] cell = new double[1];
        GradientCheck check = of(() -> cell[0] = loss.getAsDouble(), backward);
        check.outputs.add(new Slot("loss", Tensor.of(cell), null, true));
        return check;
    }

    /**
     * Checks a gradient given as a pure function, in one line.
     *
     * @param function a scalar function of a vector
     * @param gradient its gradient, as a new or reused array as long as its argument
     * @param at the point; copied
     * @return a check ready to run, with the input {@code x}
     */
    public static GradientCheck ofFunction(
            ToDoubleFunction<double[]> function, UnaryOperator<double[]> gradient, double... at) {
        Objects.requireNonNull(function, "function");
        Objects.requireNonNull(gradient, "gradient");
        double[] x = at.clone();
        double[] dx = new double[x.length];
        return ofLoss(() -> function.applyAsDouble(x), () -> {
                    double[] result = gradient.apply(x);
                    Arguments.require(
                            result.length == dx.length, "gradient", "an array of " + dx.length, result.length);
                    System.arraycopy(result, 0, dx, 0, dx.length);
                })
                .input("x", x, dx);
    }

    /**
     * A forward pass alone: good only as the {@linkplain #inDouble double twin} of another check.
     *
     * @param forward reads the inputs, writes the outputs
     * @return a check that cannot be run
     */
    public static GradientCheck ofForward(Runnable forward) {
        return new GradientCheck(forward, null);
    }

    /**
     * Declares an input and its gradient.
     *
     * @param name its name in the report
     * @param values what forward reads
     * @param gradient what backward writes, of the same shape
     * @param shape dimensions, outermost first; none for the whole array as one vector
     * @return this
     */
    public GradientCheck input(String name, float[] values, float[] gradient, int... shape) {
        return input(name, Tensor.of(values, shape), Tensor.of(gradient, shape));
    }

    /**
     * As {@link #input(String, float[], float[], int...)}, in double.
     *
     * @param name its name in the report
     * @param values what forward reads
     * @param gradient what backward writes, of the same shape
     * @param shape dimensions, outermost first; none for the whole array as one vector
     * @return this
     */
    public GradientCheck input(String name, double[] values, double[] gradient, int... shape) {
        return input(name, Tensor.of(values, shape), Tensor.of(gradient, shape));
    }

    /**
     * Declares an input and its gradient as views: with offsets, leading dimensions, or both in one array.
     *
     * @param name its name in the report
     * @param values what forward reads
     * @param gradient what backward writes, of the same shape
     * @return this
     */
    public GradientCheck input(String name, Tensor values, Tensor gradient) {
        inputs.add(slot(name, values, Objects.requireNonNull(gradient, "gradient")));
        return this;
    }

    /**
     * Declares an input that backward does not differentiate. It is checked to stay unmodified, and copied to a
     * {@linkplain #inDouble twin}.
     *
     * @param name its name in the report
     * @param values what forward reads
     * @return this
     */
    public GradientCheck input(String name, Tensor values) {
        inputs.add(slot(name, values, null));
        return this;
    }

    /**
     * Declares an output and its cotangent.
     *
     * @param name its name in the report
     * @param values what forward writes
     * @param gradient what backward reads, of the same shape
     * @param shape dimensions, outermost first; none for the whole array as one vector
     * @return this
     */
    public GradientCheck output(String name, float[] values, float[] gradient, int... shape) {
        return output(name, Tensor.of(values, shape), Tensor.of(gradient, shape));
    }

    /**
     * As {@link #output(String, float[], float[], int...)}, in double.
     *
     * @param name its name in the report
     * @param values what forward writes
     * @param gradient what backward reads, of the same shape
     * @param shape dimensions, outermost first; none for the whole array as one vector
     * @return this
     */
    public GradientCheck output(String name, double[] values, double[] gradient, int... shape) {
        return output(name, Tensor.of(values, shape), Tensor.of(gradient, shape));
    }

    /**
     * Declares an output and its cotangent as views.
     *
     * @param name its name in the report
     * @param values what forward writes
     * @param gradient what backward reads, of the same shape
     * @return this
     */
    public GradientCheck output(String name, Tensor values, Tensor gradient) {
        outputs.add(slot(name, values, Objects.requireNonNull(gradient, "gradient")));
        return this;
    }

    /**
     * Declares an output of a {@linkplain #ofForward forward pass alone}.
     *
     * @param name its name
     * @param values what forward writes
     * @return this
     */
    public GradientCheck output(String name, Tensor values) {
        Arguments.require(backward == null, "output " + name, "its gradient, which backward reads", "none");
        outputs.add(slot(name, values, null));
        return this;
    }

    private Slot slot(String name, Tensor values, Tensor gradient) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(values, "values");
        values.checked(name);
        if (gradient != null) {
            gradient.checked(name + "'s gradient");
            Arguments.require(
                    values.sameShape(gradient),
                    name + "'s gradient",
                    "the shape of the values, " + values.shape(),
                    gradient.shape());
        }
        for (List<Slot> slots : List.of(inputs, outputs)) {
            for (Slot other : slots) {
                Arguments.require(!other.name.equals(name), "name", "to be unused", "\"" + name + "\" twice");
            }
        }
        return new Slot(name, values, gradient, false);
    }

    private Slot find(String name) {
        for (List<Slot> slots : List.of(inputs, outputs)) {
            for (Slot slot : slots) {
                if (slot.name.equals(name)) {
                    return slot;
                }
            }
        }
        throw new IllegalArgumentException(
                "name needs to be that of an input or output declared before, got \"" + name + "\"");
    }

    /**
     * Declares what backward does with the gradients of all inputs declared so far: add to what the buffers hold
     * ({@code +=}), or overwrite it. Undeclared, either is accepted, but not both in one input.
     *
     * @param accumulates true for {@code +=}, false for {@code =}
     * @return this
     */
    public GradientCheck accumulates(boolean accumulates) {
        inputs.forEach(slot -> slot.accumulates = accumulates);
        return this;
    }

    /**
     * As {@link #accumulates(boolean)}, for one input.
     *
     * @param input name of an input declared before
     * @param accumulates true for {@code +=}, false for {@code =}
     * @return this
     */
    public GradientCheck accumulates(String input, boolean accumulates) {
        find(input).accumulates = accumulates;
        return this;
    }

    /**
     * Declares a forward-mode derivative for {@link Mode#ADJOINT}: it runs after a forward at the same point, reads the
     * inputs' tangents and writes {@code J·t} to the outputs' tangents. Every output needs a {@link #tangent}, and every
     * input that is to take part.
     *
     * @param jvp the forward-mode pass
     * @return this
     */
    public GradientCheck jvp(Runnable jvp) {
        this.jvp = Objects.requireNonNull(jvp, "jvp");
        return this;
    }

    /**
     * Declares where the {@link #jvp} finds or leaves the tangent of an input or output.
     *
     * @param name of an input or output declared before
     * @param tangent of the same shape
     * @return this
     */
    public GradientCheck tangent(String name, Tensor tangent) {
        Slot slot = find(name);
        Objects.requireNonNull(tangent, "tangent").checked(name + "'s tangent");
        Arguments.require(
                slot.values.sameShape(tangent),
                name + "'s tangent",
                "the shape of the values, " + slot.values.shape(),
                tangent.shape());
        slot.tangent = tangent;
        return this;
    }

    /**
     * Gives the same computation in double, with inputs and outputs of the same names and shapes over {@code double[]}.
     * Differences are then taken of the twin's forward pass, at the same point: they are sharp enough to judge
     * {@code float} gradients at 1e-4 and to certify small ones. Each failure gets a {@link Cause}, most reliably if the twin
     * has a backward pass too: the same formula in double, or any exact derivative such as one by dual numbers.
     *
     * <ul>
     *   <li>FORMULA if the twin's backward pass is wrong too, or if the error is larger than lost digits explain;
     *   <li>ARITHMETIC if the error is as small as the changes that rounding the inputs makes in the pass under test
     *       (measured, times 16), or as 64 ε of the input's largest derivative or of output over input (cancellation),
     *       or is an overflow or underflow;
     *   <li>ROUNDING if it is as small as the changes that rounding the inputs makes in the <em>exact</em> derivative.
     * </ul>
     *
     * <p>A twin that is a forward pass alone tells FORMULA from ARITHMETIC by the same bounds, with the derivatives as
     * claimed for the exact ones, and never says ROUNDING. Where saturated units feed weights of thirty and more, lost digits
     * exceed these bounds and some are called FORMULA, by either kind of twin.
     *
     * @param twin made with {@link #of} or {@link #ofForward}; its settings do not matter
     * @return this
     */
    public GradientCheck inDouble(GradientCheck twin) {
        this.twin = Objects.requireNonNull(twin, "twin");
        return this;
    }

    /**
     * Chooses the mode; JACOBIAN unless called.
     *
     * @param mode the mode
     * @return this
     */
    public GradientCheck mode(Mode mode) {
        this.mode = Objects.requireNonNull(mode, "mode");
        return this;
    }

    /**
     * Sets the seed of cotangents, directions and samples; 42 unless called.
     *
     * @param seed any number
     * @return this
     */
    public GradientCheck seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Sets the relative error up to which a derivative passes, if it is resolved that well.
     *
     * @param tolerance between 0 and 1, both excluded
     * @return this
     */
    public GradientCheck relativeTolerance(double tolerance) {
        Arguments.require(tolerance > 0 && tolerance < 1, "relativeTolerance", "to be between 0 and 1", tolerance);
        relativeTolerance = tolerance;
        return this;
    }

    /**
     * Sets an absolute error that is excused: what would fail counts as inconclusive, and nothing passes because of it;
     * outputs this near to those of a {@linkplain #inDouble twin} are no defect. 0 unless called.
     *
     * @param tolerance at least 0
     * @return this
     */
    public GradientCheck absoluteTolerance(double tolerance) {
        Arguments.require(tolerance >= 0, "absoluteTolerance", "to be at least 0", tolerance);
        absoluteTolerance = tolerance;
        return this;
    }

    /**
     * Sets the part of an input's comparisons that may be inconclusive before the input is. A quarter unless called: the
     * rows, columns and tails of which a mistake makes victims are rarely all in the unresolved quarter, and a relu
     * network in {@code float} still passes.
     *
     * @param fraction from 0 to 1
     * @return this
     */
    public GradientCheck maxInconclusive(double fraction) {
        Arguments.require(fraction >= 0 && fraction <= 1, "maxInconclusive", "to be from 0 to 1", fraction);
        maxInconclusive = fraction;
        return this;
    }

    /**
     * Sets the first step, relative to max(1, |x|); ∛ε of the coarsest precision unless called. Rounded down to a power
     * of two, and adapted from there.
     *
     * @param relative between 0 and 1, both excluded
     * @return this
     */
    public GradientCheck step(double relative) {
        Arguments.require(relative > 0 && relative < 1, "step", "to be between 0 and 1", relative);
        step = relative;
        return this;
    }

    /**
     * Sets the number of random directions per input in all modes but JACOBIAN; 8 unless called.
     *
     * @param count at least 1
     * @return this
     */
    public GradientCheck directions(int count) {
        Arguments.require(count >= 1, "directions", "to be at least 1", count);
        directions = count;
        return this;
    }

    /**
     * Restricts JACOBIAN to a random sample of each input's coordinates.
     *
     * @param perInput how many of each input; at least 1
     * @return this
     */
    public GradientCheck sample(int perInput) {
        Arguments.require(perInput >= 1, "sample", "to be at least 1", perInput);
        sample = perInput;
        return this;
    }

    /**
     * Restricts JACOBIAN to one coordinate, as a report's reproducer does.
     *
     * @param input name of an input declared before
     * @param row its row
     * @param column its column
     * @return this
     */
    public GradientCheck only(String input, int row, int column) {
        Tensor values = find(input).values;
        Arguments.require(row >= 0 && row < values.rows(), "row", "to be from 0 to " + (values.rows() - 1), row);
        Arguments.require(
                column >= 0 && column < values.columns(),
                "column",
                "to be from 0 to " + (values.columns() - 1),
                column);
        only = new Settings.Only(input, row, column);
        return this;
    }

    /**
     * Sets how many of the worst comparisons the report lists; 10 unless called.
     *
     * @param count at least 1
     * @return this
     */
    public GradientCheck worst(int count) {
        Arguments.require(count >= 1, "worst", "to be at least 1", count);
        worst = count;
        return this;
    }

    /**
     * Runs the check.
     *
     * @return the report
     * @throws IllegalArgumentException if the declaration is incomplete for the mode
     */
    public GradientReport check() {
        Arguments.require(backward != null, "check", "a backward pass", "a forward pass alone");
        Arguments.require(!inputs.isEmpty(), "check", "at least one input", "none");
        Arguments.require(!outputs.isEmpty(), "check", "at least one output", "none");
        Arguments.require(only == null || mode == Mode.JACOBIAN, "only", "mode JACOBIAN", mode);
        if (mode == Mode.ADJOINT) {
            Arguments.require(jvp != null, "mode ADJOINT", "a jvp", "none");
            for (Slot slot : outputs) {
                Arguments.require(slot.tangent != null, "mode ADJOINT", "a tangent of every output", slot.name);
            }
        }
        Problem tested = new Problem(forward, backward, jvp, inputs, outputs);
        Problem inDouble = null;
        if (twin != null) {
            List<Slot> twinInputs = Slot.matching("input", inputs, twin.inputs);
            List<Slot> twinOutputs = Slot.matching("output", outputs, twin.outputs);
            inDouble = new Problem(twin.forward, twin.backward, null, twinInputs, twinOutputs);
        }
        double rtol = relativeTolerance;
        if (Double.isNaN(rtol)) {
            rtol = tested.epsilon() < 1e-10 ? 1e-6 : twin == null ? 2e-3 : 1e-4;
        }
        Settings settings = new Settings(
                mode, seed, rtol, absoluteTolerance, maxInconclusive, step, directions, sample, worst, only);
        return CheckRun.run(settings, tested, inDouble);
    }
}
