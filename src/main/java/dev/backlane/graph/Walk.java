package dev.backlane.graph;

/** The walks over a graph, each a loop: no recursion, so that a chain may have a million nodes. */
final class Walk {
    private Walk() {}

    /** Values: every node once, behind its inputs. */
    static void forward(Values s, boolean[] computed) {
        for (Node z : s.graph.nodes) {
            if (computed[z.index]) {
                if (z.inputs.length == 0 && !s.v.has(z)) {
                    throw new IllegalStateException(s.graph.name(z) + " has no numbers yet: set or bind it");
                }
                z.op.value(z, s, s.v);
                s.v.fill(z);
            }
        }
    }

    /** Gradients: every node that the output depends on once, behind all its successors. */
    static void backward(Values s, Node output, boolean accumulate, float[] seed) {
        Slots g = s.g;
        for (Node z : s.graph.nodes) {
            if (!accumulate || z.inputs.length > 0) {
                g.forget(z);
            } else if (g.isBound(z)) {
                g.fill(z);
            }
        }
        boolean adds = g.addsTo(output);
        for (int i = 0, at = g.at(output); i < seed.length; i++, at++) {
            g.array(output)[at] = adds ? g.array(output)[at] + seed[i] : seed[i];
        }
        s.visited = 0;
        s.localDerivatives = 0;
        for (int i = output.index; i >= 0; i--) {
            Node z = s.graph.nodes[i];
            // Whoever uses z comes behind it and has added its term: the gradient of z is whole.
            if (g.has(z)) {
                z.op.vjp(z, s, g, g);
                s.visited++;
                for (Node x : z.inputs) {
                    s.localDerivatives += g.wants(x) ? 1 : 0;
                }
            }
        }
        for (Node z : s.graph.nodes) {
            if (g.isBound(z) && !g.has(z)) {
                g.clear(z);
            }
        }
    }

    /** Tangents: every node that the direction moves once, behind its inputs. */
    static void jvp(Values s) {
        for (Node z : s.graph.nodes) {
            if (z.inputs.length > 0) {
                s.t.forget(z);
                if (anyTangent(z, s.t)) {
                    z.op.jvp(z, s);
                }
            }
        }
    }

    private static boolean anyTangent(Node z, Slots t) {
        for (Node x : z.inputs) {
            if (t.has(x)) {
                return true;
            }
        }
        return false;
    }

    /** Tangents of gradients: the backward walk, differentiated along the tangents of the values. */
    static void hessianProduct(Values s, Node output) {
        s.h.forget();
        for (int i = output.index; i >= 0; i--) {
            Node z = s.graph.nodes[i];
            if (s.h.has(z)) {
                z.op.vjp(z, s, s.h, s.h);
            }
            if (s.g.has(z) && s.t.has(z)) {
                z.op.curve(z, s);
            }
        }
    }
}
