package dev.backlane.suite;

import dev.backlane.check.GradientCheck;
import dev.backlane.check.Tensor;
import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Lays out the operands of one case, and makes the check of a kernel and its twin from them. */
final class Bench {
    final Shape shape;
    private final Terrain terrain;
    private final SplittableRandom random;
    private final List<Operand> inputs = new ArrayList<>();
    private final List<Operand> constants = new ArrayList<>();
    private final List<Operand> outputs = new ArrayList<>();

    Bench(Shape shape, Terrain terrain) {
        this.shape = shape;
        this.terrain = terrain;
        random = new SplittableRandom(shape.seed());
    }

    /** What backward differentiates. */
    Operand input(String name, int rows, int cols, double gain) {
        Operand operand = new Operand(name, rows, cols, shape).fill(terrain, random, gain);
        inputs.add(operand);
        return operand;
    }

    /** What forward reads and backward does not differentiate: within [0, 1], also where the checker moves it a little. */
    Operand targets(String name, int rows, int cols) {
        Operand operand = new Operand(name, rows, cols, shape).fill(Terrain.ORDINARY, random, 1);
        for (int i = 0; i < operand.v.length; i++) {
            operand.v[i] = 0.75f * Math.abs(operand.v[i]);
        }
        constants.add(operand);
        return operand;
    }

    Operand output(String name, int rows, int cols) {
        Operand operand = scratch(rows, cols, name);
        outputs.add(operand);
        return operand;
    }

    /** What lies between input and output. */
    Operand scratch(int rows, int cols, String name) {
        return new Operand(name, rows, cols, shape);
    }

    /** A check; jvp may be null. */
    GradientCheck check(boolean accumulates, Runnable forward, Runnable backward, Runnable jvp, Runnable twin) {
        GradientCheck check = GradientCheck.of(forward, backward);
        declare(check, accumulates);
        for (Operand y : outputs) {
            check.output(y.name, y.values(), y.view(y.g));
        }
        if (jvp != null) {
            check.jvp(jvp);
            inputs.forEach(x -> check.tangent(x.name, x.view(x.t)));
            outputs.forEach(y -> check.tangent(y.name, y.view(y.t)));
        }
        GradientCheck inDouble = GradientCheck.ofForward(twin);
        declareTwin(inDouble);
        outputs.forEach(y -> inDouble.output(y.name, y.inDouble()));
        return check.inDouble(inDouble);
    }

    /** A check of a scalar loss, overwriting its gradients. */
    GradientCheck lossCheck(DoubleSupplier loss, Runnable backward, DoubleSupplier twin) {
        GradientCheck check = GradientCheck.ofLoss(loss, backward);
        declare(check, false);
        double[] cell = new double[1];
        GradientCheck inDouble = GradientCheck.ofForward(() -> cell[0] = twin.getAsDouble());
        inDouble.output("loss", Tensor.of(cell));
        declareTwin(inDouble);
        return check.inDouble(inDouble);
    }

    private void declare(GradientCheck check, boolean accumulates) {
        for (Operand x : inputs) {
            check.input(x.name, x.values(), x.view(x.g)).accumulates(x.name, accumulates);
        }
        constants.forEach(c -> check.input(c.name, c.values()));
    }

    private void declareTwin(GradientCheck twin) {
        inputs.forEach(x -> twin.input(x.name, x.inDouble()));
        constants.forEach(c -> twin.input(c.name, c.inDouble()));
    }

    /** Activations work on vectors: row by row here. */
    static void activate(Activation f, Operand x, Operand y) {
        for (int i = 0; i < x.rows; i++) {
            Activations.forward(f, x.cols, x.v, x.row(i), y.v, y.row(i));
        }
    }

    /** {@code to ← f′·from}, with x what f read and y what it gave. */
    static void derivative(
            Activation f, Operand x, Operand y, Operand from, float[] array, Operand to, float[] result) {
        Operand saved = f.reads() == Activation.Reads.OUTPUT ? y : x;
        for (int i = 0; i < x.rows; i++) {
            Activations.backward(f, x.cols, saved.v, saved.row(i), array, from.row(i), result, to.row(i));
        }
    }
}
