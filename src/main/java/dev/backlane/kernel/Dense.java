package dev.backlane.kernel;

import java.util.Arrays;

/**
 * The dense layer {@code Y = f(X·W + b)} and its gradients, over a batch of examples.
 *
 * <p>X is batch×in, W is in×out, b has out elements, Z = X·W + b and Y = f(Z) are batch×out; all row-major. With dZ the
 * gradient of the loss with respect to Z, the three factors of the chain rule give
 *
 * <pre>
 *   dW = Xᵀ·dZ        ∂Z/∂W is the previous activation
 *   db = Σ rows of dZ  ∂Z/∂b is 1
 *   dX = dZ·Wᵀ        ∂Z/∂X is the weight
 * </pre>
 *
 * and dX, times the previous layer's f′, is that layer's dZ. Sums over examples are in ascending order and start from what the
 * gradient holds, so a batch that is cut in two and fed in order gives the same bits as the whole.
 */
public final class Dense {
    private Dense() {}

    /**
     * {@code Z ← X·W + b}, {@code Y ← f(Z)}.
     *
     * @param workers the threads it may use
     * @param f activation
     * @param batch rows of X, Z and Y
     * @param in columns of X, rows of W
     * @param out columns of W, Z and Y
     * @param x X, batch×in
     * @param xOffset where X starts
     * @param ldx distance of X's rows
     * @param w W, in×out
     * @param wOffset where W starts
     * @param ldw distance of W's rows
     * @param bias b, out elements
     * @param biasOffset where b starts
     * @param z Z, batch×out, overwritten: for an f whose derivative reads the pre-activation; null if not wanted
     * @param zOffset where Z starts
     * @param ldz distance of Z's rows
     * @param y Y, batch×out, overwritten
     * @param yOffset where Y starts
     * @param ldy distance of Y's rows
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or an output overlaps an input
     *     or the other output; nothing is written then
     */
    public static void forward(
            Workers workers,
            Activation f,
            int batch,
            int in,
            int out,
            float[] x,
            int xOffset,
            int ldx,
            float[] w,
            int wOffset,
            int ldw,
            float[] bias,
            int biasOffset,
            float[] z,
            int zOffset,
            int ldz,
            float[] y,
            int yOffset,
            int ldy) {
        Args.notNull("workers", workers).checkOpen();
        Args.notNull("f", f);
        sizes(batch, in, out);
        Args.matrix("x", x, xOffset, batch, in, ldx);
        Args.matrix("w", w, wOffset, in, out, ldw);
        Args.vector("bias", bias, biasOffset, out);
        Args.matrix("y", y, yOffset, batch, out, ldy);
        output("y", y, yOffset, batch, out, ldy, x, xOffset, in, ldx, w, wOffset, ldw, bias, biasOffset);
        if (z != null) {
            Args.matrix("z", z, zOffset, batch, out, ldz);
            output("z", z, zOffset, batch, out, ldz, x, xOffset, in, ldx, w, wOffset, ldw, bias, biasOffset);
            Args.disjoint("z", z, zOffset, batch, out, ldz, "y", y, yOffset, batch, out, ldy);
        }
        if (batch == 0 || out == 0) {
            return;
        }
        GemmCall call = GemmCall.take()
                .size(batch, out, in)
                .a(false, 1, x, xOffset, ldx)
                .b(false, w, wOffset, ldw);
        if (z != null) {
            call.overwrite(z, zOffset, ldz).activate(f, y, yOffset, ldy);
        } else {
            call.overwrite(y, yOffset, ldy);
            if (f.kind() != Activation.Kind.IDENTITY) {
                call.activate(f, y, yOffset, ldy);
            }
        }
        call.startFrom(bias, biasOffset).run(workers);
    }

    /**
     * {@code dW ← dW + Xᵀ·dZ}, {@code db ← db + Σ rows of dZ}, in one pass over dZ.
     *
     * @param workers the threads it may use
     * @param batch rows of X and dZ
     * @param in columns of X, rows of dW
     * @param out columns of dZ and dW
     * @param x X, batch×in: what the forward pass read
     * @param xOffset where X starts
     * @param ldx distance of X's rows
     * @param dz dZ, batch×out
     * @param dzOffset where dZ starts
     * @param lddz distance of dZ's rows
     * @param dw dW, in×out
     * @param dwOffset where dW starts
     * @param lddw distance of dW's rows
     * @param db db, out elements
     * @param dbOffset where db starts
     * @param accumulate whether to add to dW and db; else they are overwritten and never read, which gives the same bits as
     *     adding to zeros and spares a pass over them
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or an output overlaps an input
     *     or the other output; nothing is written then
     */
    public static void backwardWeights(
            Workers workers,
            int batch,
            int in,
            int out,
            float[] x,
            int xOffset,
            int ldx,
            float[] dz,
            int dzOffset,
            int lddz,
            float[] dw,
            int dwOffset,
            int lddw,
            float[] db,
            int dbOffset,
            boolean accumulate) {
        Args.notNull("workers", workers).checkOpen();
        sizes(batch, in, out);
        Args.matrix("x", x, xOffset, batch, in, ldx);
        Args.matrix("dz", dz, dzOffset, batch, out, lddz);
        Args.matrix("dw", dw, dwOffset, in, out, lddw);
        Args.vector("db", db, dbOffset, out);
        Args.disjoint("dw", dw, dwOffset, in, out, lddw, "x", x, xOffset, batch, in, ldx);
        Args.disjoint("dw", dw, dwOffset, in, out, lddw, "dz", dz, dzOffset, batch, out, lddz);
        int ldb = Math.max(1, out);
        Args.disjoint("db", db, dbOffset, 1, out, ldb, "dw", dw, dwOffset, in, out, lddw);
        Args.disjoint("db", db, dbOffset, 1, out, ldb, "x", x, xOffset, batch, in, ldx);
        Args.disjoint("db", db, dbOffset, 1, out, ldb, "dz", dz, dzOffset, batch, out, lddz);
        if (out == 0) {
            return;
        }
        if (!accumulate) {
            Arrays.fill(db, dbOffset, dbOffset + out, 0);
        }
        if (in == 0) {
            Kernels.TILES.addRows(batch, out, dz, dzOffset, lddz, db, dbOffset);
            return;
        }
        GemmCall call = GemmCall.take()
                .size(in, out, batch)
                .a(true, 1, x, xOffset, ldx)
                .b(false, dz, dzOffset, lddz)
                .addRowsOfB(db, dbOffset);
        (accumulate ? call.addTo(dw, dwOffset, lddw) : call.overwrite(dw, dwOffset, lddw)).run(workers);
    }

    /**
     * {@code dX ← (dZ·Wᵀ) ⊙ f′} or {@code dX ← dX + (dZ·Wᵀ) ⊙ f′}, with f the activation that made X: so dX is the dZ of the
     * previous layer. With f the identity it is the plain gradient with respect to X.
     *
     * @param workers the threads it may use
     * @param f activation of the previous layer
     * @param batch rows of dZ and dX
     * @param in columns of dX, rows of W
     * @param out columns of dZ and W
     * @param dz dZ, batch×out
     * @param dzOffset where dZ starts
     * @param lddz distance of dZ's rows
     * @param w W, in×out
     * @param wOffset where W starts
     * @param ldw distance of W's rows
     * @param saved what f′ reads, batch×in: the previous layer's output, which is X, or its pre-activation, as {@link
     *     Activation#reads()} says; may be null where f is the identity
     * @param savedOffset where it starts
     * @param ldSaved distance of its rows
     * @param dx dX, batch×in
     * @param dxOffset where dX starts
     * @param lddx distance of dX's rows
     * @param accumulate whether to add to dX, which then is read; else it is overwritten and never read
     * @throws IllegalArgumentException if an argument is out of its range, an array too short, or dX overlaps an input;
     *     nothing is written then
     */
    public static void backwardInput(
            Workers workers,
            Activation f,
            int batch,
            int in,
            int out,
            float[] dz,
            int dzOffset,
            int lddz,
            float[] w,
            int wOffset,
            int ldw,
            float[] saved,
            int savedOffset,
            int ldSaved,
            float[] dx,
            int dxOffset,
            int lddx,
            boolean accumulate) {
        Args.notNull("workers", workers).checkOpen();
        Args.notNull("f", f);
        sizes(batch, in, out);
        boolean identity = f.kind() == Activation.Kind.IDENTITY;
        Args.matrix("dz", dz, dzOffset, batch, out, lddz);
        Args.matrix("w", w, wOffset, in, out, ldw);
        Args.matrix("dx", dx, dxOffset, batch, in, lddx);
        Args.disjoint("dx", dx, dxOffset, batch, in, lddx, "dz", dz, dzOffset, batch, out, lddz);
        Args.disjoint("dx", dx, dxOffset, batch, in, lddx, "w", w, wOffset, in, out, ldw);
        if (!identity) {
            Args.matrix("saved", saved, savedOffset, batch, in, ldSaved);
            Args.disjoint("dx", dx, dxOffset, batch, in, lddx, "saved", saved, savedOffset, batch, in, ldSaved);
        }
        if (batch == 0 || in == 0) {
            return;
        }
        GemmCall call = GemmCall.take()
                .size(batch, in, out)
                .a(false, 1, dz, dzOffset, lddz)
                .b(true, w, wOffset, ldw);
        if (identity && accumulate) {
            call.addTo(dx, dxOffset, lddx);
        } else {
            call.overwrite(dx, dxOffset, lddx);
            if (!identity) {
                call.differentiate(f, saved, savedOffset, ldSaved);
                if (accumulate) {
                    call.addInto(dx, dxOffset, lddx);
                }
            }
        }
        call.run(workers);
    }

    private static void sizes(int batch, int in, int out) {
        Args.size("batch", batch);
        Args.size("in", in);
        Args.size("out", out);
    }

    private static void output(
            String name,
            float[] y,
            int yOffset,
            int batch,
            int out,
            int ldy,
            float[] x,
            int xOffset,
            int in,
            int ldx,
            float[] w,
            int wOffset,
            int ldw,
            float[] bias,
            int biasOffset) {
        Args.disjoint(name, y, yOffset, batch, out, ldy, "x", x, xOffset, batch, in, ldx);
        Args.disjoint(name, y, yOffset, batch, out, ldy, "w", w, wOffset, in, out, ldw);
        Args.disjoint(name, y, yOffset, batch, out, ldy, "bias", bias, biasOffset, 1, out, Math.max(1, out));
    }
}
