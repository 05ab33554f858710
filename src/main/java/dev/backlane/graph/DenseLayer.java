package dev.backlane.graph;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Activations;
import dev.backlane.kernel.Dense;
import dev.backlane.kernel.Elementwise;
import dev.backlane.kernel.Gemm;

/**
 * A dense layer Y = f(X·W + b) in one node, on the same kernels in the same order as {@code nn}: the same bits. X is
 * batch×in, W in×out, b out elements; a vector X is a batch of one.
 */
final class DenseLayer extends Op {
    private final Activation f;

    DenseLayer(Activation f) {
        this.f = f;
    }

    private boolean savesPreActivation() {
        return f.reads() == Activation.Reads.PRE_ACTIVATION;
    }

    @Override
    void value(Node z, Values s, Slots v) {
        Node x = z.inputs[0];
        Node w = z.inputs[1];
        Node b = z.inputs[2];
        int in = w.shape.rows();
        int out = w.shape.cols();
        float[] saved = s.training && savesPreActivation() ? v.array(z) : null;
        Dense.forward(
                s.workers,
                f,
                z.shape.rows(),
                in,
                out,
                v.array(x),
                v.at(x),
                in,
                v.array(w),
                v.at(w),
                out,
                v.array(b),
                v.at(b),
                saved,
                v.at(z) + z.size(),
                out,
                v.array(z),
                v.at(z),
                out);
    }

    /** Ẏ = f′·(Ẋ·W + X·Ẇ + ḃ). */
    @Override
    void jvp(Node z, Values s) {
        preTangent(z, s, s.scratch);
        derivative(z, s, s.scratch, 0, s.t.array(z), s.t.at(z));
        s.t.fill(z);
    }

    private void preTangent(Node z, Values s, float[] to) {
        Node x = z.inputs[0];
        Node w = z.inputs[1];
        Node b = z.inputs[2];
        int batch = z.shape.rows();
        int out = w.shape.cols();
        float beta = 0;
        if (s.t.has(b)) {
            for (int i = 0; i < batch; i++) {
                System.arraycopy(s.t.array(b), s.t.at(b), to, i * out, out);
            }
            beta = 1;
        }
        if (s.t.has(x)) {
            product(z, s, s.t, s.v, beta, to);
            beta = 1;
        }
        if (s.t.has(w)) {
            product(z, s, s.v, s.t, beta, to);
        }
    }

    private static void product(Node z, Values s, Slots xs, Slots ws, float beta, float[] to) {
        Node x = z.inputs[0];
        Node w = z.inputs[1];
        int in = w.shape.rows();
        int out = w.shape.cols();
        Gemm.sgemm(
                s.workers,
                false,
                false,
                z.shape.rows(),
                out,
                in,
                1,
                xs.array(x),
                xs.at(x),
                in,
                ws.array(w),
                ws.at(w),
                out,
                beta,
                to,
                0,
                out);
    }

    private void derivative(Node z, Values s, float[] dy, int dyo, float[] dx, int dxo) {
        int saved = s.v.at(z) + (savesPreActivation() ? z.size() : 0);
        Activations.backward(f, z.size(), s.v.array(z), saved, dy, dyo, dx, dxo);
    }

    /** With D = Ȳ·f′: X̄ += D·Wᵀ, W̄ += Xᵀ·D, b̄ += Σ rows of D. */
    @Override
    void vjp(Node z, Values s, Slots from, Slots to) {
        if (f.kind() == Activation.Kind.IDENTITY) {
            pull(z, s, from.array(z), from.at(z), to);
        } else {
            derivative(z, s, from.array(z), from.at(z), s.scratch, 0);
            pull(z, s, s.scratch, 0, to);
        }
    }

    private static void pull(Node z, Values s, float[] d, int at, Slots to) {
        Node x = z.inputs[0];
        Node w = z.inputs[1];
        Node b = z.inputs[2];
        int batch = z.shape.rows();
        int in = w.shape.rows();
        int out = w.shape.cols();
        if (to.wants(w) && to.wants(b) && to.has(w) == to.has(b)) {
            boolean adds = to.addsTo(w);
            to.addsTo(b);
            Dense.backwardWeights(
                    s.workers,
                    batch,
                    in,
                    out,
                    s.v.array(x),
                    s.v.at(x),
                    in,
                    d,
                    at,
                    out,
                    to.array(w),
                    to.at(w),
                    out,
                    to.array(b),
                    to.at(b),
                    adds);
        } else {
            if (to.wants(w)) {
                pullWeights(z, s, s.v, d, at, to);
            }
            if (to.wants(b)) {
                Elementwise.columnSums(batch, out, d, at, out, to.array(b), to.at(b), to.addsTo(b));
            }
        }
        if (to.wants(x)) {
            pullInput(z, s, s.v, d, at, to);
        }
    }

    private static void pullWeights(Node z, Values s, Slots xs, float[] d, int at, Slots to) {
        Node x = z.inputs[0];
        Node w = z.inputs[1];
        int in = w.shape.rows();
        int out = w.shape.cols();
        Gemm.sgemm(
                s.workers,
                true,
                false,
                in,
                out,
                z.shape.rows(),
                1,
                xs.array(x),
                xs.at(x),
                in,
                d,
                at,
                out,
                to.addsTo(w) ? 1 : 0,
                to.array(w),
                to.at(w),
                out);
    }

    private static void pullInput(Node z, Values s, Slots ws, float[] d, int at, Slots to) {
        Node x = z.inputs[0];
        Node w = z.inputs[1];
        int in = w.shape.rows();
        int out = w.shape.cols();
        Dense.backwardInput(
                s.workers,
                Activation.IDENTITY,
                z.shape.rows(),
                in,
                out,
                d,
                at,
                out,
                ws.array(w),
                ws.at(w),
                out,
                null,
                0,
                in,
                to.array(x),
                to.at(x),
                in,
                to.addsTo(x));
    }

    /** With D′ = Ȳ·f″·(Ẋ·W + X·Ẇ + ḃ): what D′ pulls, and from X·W the terms D·Ẇᵀ and Ẋᵀ·D. */
    @Override
    void curve(Node z, Values s) {
        float[] g = s.g.array(z);
        int go = s.g.at(z);
        float[] bent = s.scratch;
        if (f.kind() != Activation.Kind.IDENTITY) {
            preTangent(z, s, bent);
            Elementwise.multiply(z.size(), g, go, 1, bent, 0, 1, bent, 0);
            int saved = s.v.at(z) + (savesPreActivation() ? z.size() : 0);
            Elementwise.secondDerivative(f, z.size(), s.v.array(z), saved, bent, 0, bent, 0);
            pull(z, s, bent, 0, s.h);
        }
        derivative(z, s, g, go, s.scratch, 0);
        if (s.h.wants(z.inputs[0]) && s.t.has(z.inputs[1])) {
            pullInput(z, s, s.t, s.scratch, 0, s.h);
        }
        if (s.h.wants(z.inputs[1]) && s.t.has(z.inputs[0])) {
            pullWeights(z, s, s.t, s.scratch, 0, s.h);
        }
    }

    @Override
    int saved(Node z) {
        return savesPreActivation() ? z.size() : 0;
    }

    @Override
    long multiplyAdds(Node z) {
        return (long) z.size() * z.inputs[1].shape.rows() + z.size();
    }

    @Override
    long multiplyAdds(Node z, int k) {
        return k == 2 ? z.size() : (long) z.size() * z.inputs[1].shape.rows();
    }

    @Override
    String formula(Node node, String... x) {
        String sum = x[0] + "·" + x[1] + " + " + x[2];
        return f.kind() == Activation.Kind.IDENTITY ? sum : f + "(" + sum + ")";
    }

    @Override
    String derivative(Node node, int k, String z, String... x) {
        boolean one = node.inputs[1].size() == 1;
        String factor = k == 2 ? "1" : one ? x[1 - k] : k == 0 ? "·" + x[1] + "ᵀ" : x[0] + "ᵀ·";
        return f.kind() == Activation.Kind.IDENTITY ? factor : f + "′, " + factor;
    }

    @Override
    public String toString() {
        return "dense " + f;
    }
}
