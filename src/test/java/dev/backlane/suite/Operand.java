package dev.backlane.suite;

import dev.backlane.check.Tensor;
import java.util.SplittableRandom;

/**
 * One matrix of a case: values, gradient and tangent in float, spread out as the shape says, and the values again in
 * double, dense, for the twin.
 */
final class Operand {
    final String name;
    final int rows;
    final int cols;
    final int offset;
    final int ld;
    /** Values. */
    final float[] v;
    /** Gradient, or cotangent. */
    final float[] g;
    /** Tangent. */
    final float[] t;
    /** The twin's values. */
    final double[] d;

    Operand(String name, int rows, int cols, Shape shape) {
        this.name = name;
        this.rows = rows;
        this.cols = cols;
        offset = shape.offset();
        ld = cols + shape.gap();
        v = new float[offset + rows * ld];
        g = new float[v.length];
        t = new float[v.length];
        d = new double[rows * cols];
    }

    Operand fill(Terrain terrain, SplittableRandom random, double gain) {
        float[] numbers = terrain.numbers(random, rows * cols, gain);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(numbers, i * cols, v, row(i), cols);
        }
        return this;
    }

    int row(int i) {
        return offset + i * ld;
    }

    Tensor values() {
        return view(v);
    }

    Tensor view(float[] array) {
        return Tensor.of(array, rows, cols).at(offset).leading(ld);
    }

    Tensor inDouble() {
        return Tensor.of(d, rows, cols);
    }
}
