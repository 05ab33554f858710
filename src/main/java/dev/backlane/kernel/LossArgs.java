package dev.backlane.kernel;

/** The checks of {@link Losses}, beyond those of {@link Args}. */
final class LossArgs {
    private LossArgs() {}

    /** Targets between 0 and 1. */
    static void inUnitInterval(int batch, int cols, float[] y, int yOffset, int ldy) {
        for (int i = 0; i < batch; i++) {
            if (!Kernels.SWEEPS.inUnitInterval(cols, y, yOffset + i * ldy)) {
                throw outsideUnitInterval(i, cols, y, yOffset + i * ldy);
            }
        }
    }

    private static IllegalArgumentException outsideUnitInterval(int row, int cols, float[] y, int at) {
        int j = 0;
        while (j < cols - 1 && y[at + j] >= 0 && y[at + j] <= 1) {
            j++;
        }
        return new IllegalArgumentException(
                "y must be in [0, 1], but in row " + row + ", column " + j + " it is " + y[at + j]);
    }

    /** Labels from 0 to {@code cols − 1}. */
    static void classes(int batch, int cols, int[] labels, int labelsOffset) {
        for (int i = 0; i < batch; i++) {
            int label = labels[labelsOffset + i];
            if (label < 0 || label >= cols) {
                throw new IllegalArgumentException(
                        "labels must be from 0 to " + (cols - 1) + ", but in row " + i + " it is " + label);
            }
        }
    }

    static void inputs(
            int batch, int cols, String name, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
        Args.size("batch", batch);
        Args.size("cols", cols);
        Args.matrix(name, x, xOffset, batch, cols, ldx);
        Args.matrix("y", y, yOffset, batch, cols, ldy);
    }

    /** Checks the outputs, and that they are apart from the predictions and from one another. */
    static void outputs(
            int batch,
            int cols,
            String name,
            float[] x,
            int xOffset,
            int ldx,
            float[] losses,
            int lossesOffset,
            float[] dx,
            int dxOffset,
            int lddx) {
        // "da" and "dz" are constants: a passing check shall not concatenate.
        String gradient = name.equals("a") ? "da" : "dz";
        int one = Math.max(1, batch);
        if (losses != null) {
            Args.vector("losses", losses, lossesOffset, batch);
            Args.disjoint("losses", losses, lossesOffset, 1, batch, one, name, x, xOffset, batch, cols, ldx);
        }
        if (dx != null) {
            Args.matrix(gradient, dx, dxOffset, batch, cols, lddx);
            Rows.apartOrSame(gradient, dx, dxOffset, lddx, name, x, xOffset, ldx, batch, cols);
            if (losses != null) {
                Args.disjoint("losses", losses, lossesOffset, 1, batch, one, gradient, dx, dxOffset, batch, cols, lddx);
            }
        }
    }

    static void apartFromTargets(
            int batch,
            int cols,
            String name,
            float[] y,
            int yOffset,
            int ldy,
            float[] losses,
            int lossesOffset,
            float[] dx,
            int dxOffset,
            int lddx) {
        if (losses != null) {
            int one = Math.max(1, batch);
            Args.disjoint("losses", losses, lossesOffset, 1, batch, one, "y", y, yOffset, batch, cols, ldy);
        }
        if (dx != null) {
            String gradient = name.equals("a") ? "da" : "dz";
            Args.disjoint(gradient, dx, dxOffset, batch, cols, lddx, "y", y, yOffset, batch, cols, ldy);
        }
    }
}
