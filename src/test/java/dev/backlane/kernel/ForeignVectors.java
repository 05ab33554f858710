package dev.backlane.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * A JVM in which other code used vectors of every width first, so that no profile of the Vector API's methods tells C2 which
 * class of vector it deals with.
 */
public final class ForeignVectors {
    static volatile float sink;

    private ForeignVectors() {}

    /**
     * Prints what keeps allocating, or nothing.
     *
     * @param args widths in bits of the vectors that are used first
     */
    public static void main(String[] args) {
        use(args);
        SweepsAllocationTest sweeps = new SweepsAllocationTest();
        GemmAllocationTest products = new GemmAllocationTest();
        Runnable[] tests = {
            products::contract8ProductsAllocateNothingInTheSteadyState,
            products::contract8ProductsOfManyShapesAllocateNothingInTheSteadyState,
            sweeps::contract8Activations,
            sweeps::contract8Elementwise,
            sweeps::contract8Vectors,
            sweeps::contract8Rows,
            sweeps::contract8Losses,
            sweeps::contract8Updates,
        };
        System.out.println("backend: " + Backend.describe());
        for (Runnable test : tests) {
            try {
                test.run();
            } catch (AssertionError e) {
                System.out.println("after vectors of " + String.join(" and ", args) + " bits, " + e.getMessage());
            }
        }
    }

    private static void use(String[] bits) {
        for (int round = 0; round < 20_000; round++) {
            for (String width : bits) {
                VectorShape shape = VectorShape.forBitSize(Integer.parseInt(width));
                floats(VectorSpecies.of(float.class, shape));
                doubles(VectorSpecies.of(double.class, shape));
            }
        }
    }

    private static final float[] FLOATS = new float[64];
    private static final double[] DOUBLES = new double[64];

    private static void floats(VectorSpecies<Float> species) {
        FloatVector x = FloatVector.fromArray(species, FLOATS, 0);
        FloatVector y = FloatVector.fromArray(species, FLOATS, 16);
        VectorMask<Float> mask = x.compare(VectorOperators.LT, y);
        FloatVector z = x.add(y)
                .sub(1)
                .mul(2)
                .div(y)
                .fma(x, y)
                .max(x)
                .min(y)
                .abs()
                .neg()
                .sqrt()
                .blend(x, mask);
        z = z.add(1f, mask)
                .mul(x, mask)
                .add(y, mask)
                .lanewise(VectorOperators.ADD, x)
                .sub(x)
                .mul(y)
                .max(1f)
                .min(2f);
        z.intoArray(FLOATS, 32);
        z.intoArray(FLOATS, 32, mask);
        z = z.rearrange(x.toShuffle().wrapIndexes(), mask)
                .rearrange(y.toShuffle().wrapIndexes());
        z.reinterpretAsInts()
                .add(1)
                .lanewise(VectorOperators.LSHL, 2)
                .reinterpretAsFloats()
                .intoArray(FLOATS, 48);
        sink = z.reduceLanes(VectorOperators.ADD) + x.lane(0);
    }

    private static void doubles(VectorSpecies<Double> species) {
        DoubleVector x = DoubleVector.fromArray(species, DOUBLES, 0);
        DoubleVector y = DoubleVector.fromArray(species, DOUBLES, 16);
        VectorMask<Double> mask = x.compare(VectorOperators.LT, y);
        DoubleVector z = x.add(y)
                .sub(1)
                .mul(2)
                .div(y)
                .fma(x, y)
                .max(x)
                .min(y)
                .abs()
                .neg()
                .sqrt()
                .blend(x, mask);
        z.intoArray(DOUBLES, 32);
        z.intoArray(DOUBLES, 32, mask);
        sink = (float) z.reduceLanes(VectorOperators.ADD);
    }
}
