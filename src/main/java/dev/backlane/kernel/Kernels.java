package dev.backlane.kernel;

/** The implementation that runs, as constants that the JIT compiler sees through. */
final class Kernels {
    static final Tiles TILES = Backend.bits() == 0 ? new ScalarTiles() : SimdKernels.tiles();
    static final Sweeps SWEEPS = Backend.bits() == 0 ? new ScalarSweeps() : SimdKernels.sweeps();
    static final ElementwiseOps ELEMENTWISE = Backend.bits() == 0 ? new ScalarElementwise() : SimdKernels.elementwise();

    private Kernels() {}
}
