package dev.backlane.kernel;

/** The only way to the SIMD classes: loaded only once they can run, for without the incubator module they do not link. */
final class SimdKernels {
    private SimdKernels() {}

    static Tiles tiles() {
        return new SimdTiles();
    }

    static Sweeps sweeps() {
        return new SimdSweeps();
    }

    static ElementwiseOps elementwise() {
        return new SimdElementwise();
    }
}
