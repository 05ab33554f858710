package dev.backlane.kernel;

/**
 * Losses of a batch and their gradients. A row is an example; each method writes the examples' losses and the gradient, where
 * wanted, and returns {@code scale·Σ losses}, summed in double and in order. The gradient is that of the returned value: scale 1
 * sums over the batch, {@code 1f / batch} averages, and the gradient of an example depends on the batch by scale alone.
 *
 * <p>All are stable for finite inputs up to ±{@link Float#MAX_VALUE}: no loss is NaN, nor infinite before its final rounding
 * to float. NaN and infinite inputs give NaN or what IEEE 754 makes of the formulas.
 */
public final class Losses {
    private Losses() {}

    /**
     * Squared error {@code Σⱼ (aⱼ − yⱼ)²} of each example; gradient {@code 2(a − y)·scale}.
     *
     * @param batch examples
     * @param cols outputs of an example
     * @param scale factor of the value and of the gradient
     * @param a predictions, batch×cols
     * @param aOffset where a starts
     * @param lda distance of a's rows
     * @param y targets, batch×cols
     * @param yOffset where y starts
     * @param ldy distance of y's rows
     * @param losses the examples' losses, unscaled, batch elements, overwritten; null if not wanted
     * @param lossesOffset where losses starts
     * @param da gradient with respect to a, batch×cols, overwritten; may be a; null if not wanted
     * @param daOffset where da starts
     * @param ldda distance of da's rows
     * @return {@code scale·Σ losses}
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or an output overlaps
     *     another array otherwise than da exactly a; nothing is written then
     */
    public static double squaredError(
            int batch,
            int cols,
            float scale,
            float[] a,
            int aOffset,
            int lda,
            float[] y,
            int yOffset,
            int ldy,
            float[] losses,
            int lossesOffset,
            float[] da,
            int daOffset,
            int ldda) {
        return squares(
                1, batch, cols, scale, a, aOffset, lda, y, yOffset, ldy, losses, lossesOffset, da, daOffset, ldda);
    }

    /**
     * Mean squared error {@code Σⱼ (aⱼ − yⱼ)² / cols} of each example; gradient {@code 2(a − y)·scale/cols}.
     *
     * @param batch examples
     * @param cols outputs of an example
     * @param scale factor of the value and of the gradient
     * @param a predictions, batch×cols
     * @param aOffset where a starts
     * @param lda distance of a's rows
     * @param y targets, batch×cols
     * @param yOffset where y starts
     * @param ldy distance of y's rows
     * @param losses the examples' losses, unscaled, batch elements, overwritten; null if not wanted
     * @param lossesOffset where losses starts
     * @param da gradient with respect to a, batch×cols, overwritten; may be a; null if not wanted
     * @param daOffset where da starts
     * @param ldda distance of da's rows
     * @return {@code scale·Σ losses}; 0 if there are no columns
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or an output overlaps
     *     another array otherwise than da exactly a; nothing is written then
     */
    public static double meanSquaredError(
            int batch,
            int cols,
            float scale,
            float[] a,
            int aOffset,
            int lda,
            float[] y,
            int yOffset,
            int ldy,
            float[] losses,
            int lossesOffset,
            float[] da,
            int daOffset,
            int ldda) {
        return squares(
                Math.max(1, cols),
                batch,
                cols,
                scale,
                a,
                aOffset,
                lda,
                y,
                yOffset,
                ldy,
                losses,
                lossesOffset,
                da,
                daOffset,
                ldda);
    }

    private static double squares(
            int divisor,
            int batch,
            int cols,
            float scale,
            float[] a,
            int aOffset,
            int lda,
            float[] y,
            int yOffset,
            int ldy,
            float[] losses,
            int lossesOffset,
            float[] da,
            int daOffset,
            int ldda) {
        LossArgs.inputs(batch, cols, "a", a, aOffset, lda, y, yOffset, ldy);
        LossArgs.outputs(batch, cols, "a", a, aOffset, lda, losses, lossesOffset, da, daOffset, ldda);
        LossArgs.apartFromTargets(batch, cols, "a", y, yOffset, ldy, losses, lossesOffset, da, daOffset, ldda);
        float factor = (float) (2.0 * scale / divisor);
        Lanes lanes = Lanes.POOL.take();
        double total = 0;
        for (int i = 0; i < batch; i++) {
            int at = aOffset + i * lda;
            int target = yOffset + i * ldy;
            double loss = Kernels.SWEEPS.squaredDistance(cols, a, at, y, target, lanes) / divisor;
            if (da != null) {
                Kernels.SWEEPS.difference(cols, factor, a, at, y, target, da, daOffset + i * ldda);
            }
            total += record(loss, losses, lossesOffset + i);
        }
        Lanes.POOL.give(lanes);
        return scale * total;
    }

    /**
     * Binary cross-entropy {@code Σⱼ log(1 + e^zⱼ) − zⱼ·yⱼ} of each example, in the form {@code max(z, 0) − z·y + log(1 +
     * e^−|z|)}; gradient {@code (σ(z) − y)·scale}. Each column is a decision of its own, with logit z.
     *
     * @param batch examples
     * @param cols outputs of an example
     * @param scale factor of the value and of the gradient
     * @param z logits, batch×cols
     * @param zOffset where z starts
     * @param ldz distance of z's rows
     * @param y targets, batch×cols, each in [0, 1]
     * @param yOffset where y starts
     * @param ldy distance of y's rows
     * @param losses the examples' losses, unscaled, batch elements, overwritten; null if not wanted
     * @param lossesOffset where losses starts
     * @param dz gradient with respect to z, batch×cols, overwritten; may be z; null if not wanted
     * @param dzOffset where dz starts
     * @param lddz distance of dz's rows
     * @return {@code scale·Σ losses}
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, a target outside [0,
     *     1], or an output overlaps another array otherwise than dz exactly z; nothing is written then
     */
    public static double binaryCrossEntropy(
            int batch,
            int cols,
            float scale,
            float[] z,
            int zOffset,
            int ldz,
            float[] y,
            int yOffset,
            int ldy,
            float[] losses,
            int lossesOffset,
            float[] dz,
            int dzOffset,
            int lddz) {
        LossArgs.inputs(batch, cols, "z", z, zOffset, ldz, y, yOffset, ldy);
        LossArgs.outputs(batch, cols, "z", z, zOffset, ldz, losses, lossesOffset, dz, dzOffset, lddz);
        LossArgs.apartFromTargets(batch, cols, "z", y, yOffset, ldy, losses, lossesOffset, dz, dzOffset, lddz);
        LossArgs.inUnitInterval(batch, cols, y, yOffset, ldy);
        Lanes lanes = Lanes.POOL.take();
        double total = 0;
        for (int i = 0; i < batch; i++) {
            double loss = 0;
            for (int j = 0; j < cols; j += Lanes.BLOCK) {
                int width = Math.min(Lanes.BLOCK, cols - j);
                int at = zOffset + i * ldz + j;
                int target = yOffset + i * ldy + j;
                Kernels.SWEEPS.sigmoidTerms(width, z, at, y, target, lanes.block, 0);
                loss += Kernels.SWEEPS.sumWide(width, lanes.block, 0, lanes);
                if (dz != null) {
                    Kernels.SWEEPS.sigmoidDelta(width, scale, z, at, y, target, dz, dzOffset + i * lddz + j);
                }
            }
            total += record(loss, losses, lossesOffset + i);
        }
        Lanes.POOL.give(lanes);
        return scale * total;
    }

    /**
     * Softmax cross-entropy {@code log Σⱼ e^zⱼ − z_label} of each example, with m the greatest logit computed as {@code m −
     * z_label + log Σⱼ e^(zⱼ − m)}; gradient {@code (softmax(z) − 1[j = label])·scale}, the bits that a target row with a
     * single 1 gives.
     *
     * @param batch examples
     * @param cols classes
     * @param scale factor of the value and of the gradient
     * @param z logits, batch×cols
     * @param zOffset where z starts
     * @param ldz distance of z's rows
     * @param labels the examples' classes, batch elements, each from 0 to cols − 1
     * @param labelsOffset where labels starts
     * @param losses the examples' losses, unscaled, batch elements, overwritten; null if not wanted
     * @param lossesOffset where losses starts
     * @param dz gradient with respect to z, batch×cols, overwritten; may be z; null if not wanted
     * @param dzOffset where dz starts
     * @param lddz distance of dz's rows
     * @return {@code scale·Σ losses}
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, a label not a class,
     *     or an output overlaps another array otherwise than dz exactly z; nothing is written then
     */
    public static double softmaxCrossEntropy(
            int batch,
            int cols,
            float scale,
            float[] z,
            int zOffset,
            int ldz,
            int[] labels,
            int labelsOffset,
            float[] losses,
            int lossesOffset,
            float[] dz,
            int dzOffset,
            int lddz) {
        Args.size("batch", batch);
        Args.size("cols", cols);
        Args.matrix("z", z, zOffset, batch, cols, ldz);
        Args.vector("labels", labels, labelsOffset, batch);
        LossArgs.outputs(batch, cols, "z", z, zOffset, ldz, losses, lossesOffset, dz, dzOffset, lddz);
        LossArgs.classes(batch, cols, labels, labelsOffset);
        Lanes lanes = Lanes.POOL.take();
        double total = 0;
        for (int i = 0; i < batch; i++) {
            int at = zOffset + i * ldz;
            int to = dzOffset + i * lddz;
            int label = labels[labelsOffset + i];
            float max = Kernels.SWEEPS.max(cols, z, at);
            double gap = (double) max - z[at + label];
            float sum = Kernels.SWEEPS.expSum(cols, max, z, at, dz, to, lanes);
            if (dz != null) {
                float inverse = 1 / sum;
                float own = Fma.fma(dz[to + label], inverse, -1) * scale;
                Kernels.SWEEPS.scale(cols, inverse, dz, to, dz, to);
                Kernels.SWEEPS.scale(cols, scale, dz, to, dz, to);
                dz[to + label] = own;
            }
            total += record(gap + ScalarMath.log(sum), losses, lossesOffset + i);
        }
        Lanes.POOL.give(lanes);
        return scale * total;
    }

    /**
     * Softmax cross-entropy {@code Σⱼ yⱼ·(log Σₖ e^zₖ − zⱼ)} of each example with a row of targets; gradient {@code
     * (softmax(z)·Σy − y)·scale}. Rows usually sum to 1, but need not: value and gradient are right for any.
     *
     * @param batch examples
     * @param cols classes
     * @param scale factor of the value and of the gradient
     * @param z logits, batch×cols
     * @param zOffset where z starts
     * @param ldz distance of z's rows
     * @param y targets, batch×cols
     * @param yOffset where y starts
     * @param ldy distance of y's rows
     * @param losses the examples' losses, unscaled, batch elements, overwritten; null if not wanted
     * @param lossesOffset where losses starts
     * @param dz gradient with respect to z, batch×cols, overwritten; may be z; null if not wanted
     * @param dzOffset where dz starts
     * @param lddz distance of dz's rows
     * @return {@code scale·Σ losses}
     * @throws IllegalArgumentException if an argument is null or out of its range, an array too short, or an output overlaps
     *     another array otherwise than dz exactly z; nothing is written then
     */
    public static double softmaxCrossEntropy(
            int batch,
            int cols,
            float scale,
            float[] z,
            int zOffset,
            int ldz,
            float[] y,
            int yOffset,
            int ldy,
            float[] losses,
            int lossesOffset,
            float[] dz,
            int dzOffset,
            int lddz) {
        LossArgs.inputs(batch, cols, "z", z, zOffset, ldz, y, yOffset, ldy);
        LossArgs.outputs(batch, cols, "z", z, zOffset, ldz, losses, lossesOffset, dz, dzOffset, lddz);
        LossArgs.apartFromTargets(batch, cols, "z", y, yOffset, ldy, losses, lossesOffset, dz, dzOffset, lddz);
        Lanes lanes = Lanes.POOL.take();
        double total = 0;
        for (int i = 0; i < batch; i++) {
            int at = zOffset + i * ldz;
            int target = yOffset + i * ldy;
            int to = dzOffset + i * lddz;
            float max = Kernels.SWEEPS.max(cols, z, at);
            double gap = Kernels.SWEEPS.weightedGap(cols, max, z, at, y, target, lanes);
            double weight = Kernels.SWEEPS.sumWide(cols, y, target, lanes);
            float sum = Kernels.SWEEPS.expSum(cols, max, z, at, dz, to, lanes);
            if (dz != null) {
                Kernels.SWEEPS.softmaxDelta(cols, (float) (weight / sum), scale, dz, to, y, target, dz, to);
            }
            double loss = cols == 0 ? 0 : Fma.fma(weight, (double) ScalarMath.log(sum), gap);
            total += record(loss, losses, lossesOffset + i);
        }
        Lanes.POOL.give(lanes);
        return scale * total;
    }

    private static double record(double loss, float[] losses, int at) {
        if (losses != null) {
            losses[at] = (float) loss;
        }
        return loss;
    }
}
