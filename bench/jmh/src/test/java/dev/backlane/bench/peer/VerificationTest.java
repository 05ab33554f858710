package dev.backlane.bench.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that are wrong in ways that libraries have been, and one that is right. */
class VerificationTest {
    /** The first of the k terms of an element that takes part. */
    private interface FirstTerm {
        int of(Shape s, int i, int j);
    }

    private static final SgemmPeer RIGHT = new Plain((s, i, j) -> 0);

    /** Multiplies in double, from the last term to the first, with a flaw. */
    private record Plain(FirstTerm first) implements SgemmPeer {
        @Override
        public String name() {
            return "plain";
        }

        @Override
        public String load() {
            return "";
        }

        @Override
        public boolean multithreaded() {
            return false;
        }

        @Override
        public void threads(int threads) {}

        @Override
        public Job sgemm(Shape s, float[] a, float[] b) {
            float[] c = new float[s.sizeC()];
            return new Job() {
                @Override
                public void run() {
                    for (int i = 0; i < s.m(); i++) {
                        for (int j = 0; j < s.n(); j++) {
                            double sum = 0;
                            for (int p = s.k() - 1; p >= first.of(s, i, j); p--) {
                                double x = a[s.transposeA() ? p * s.m() + i : i * s.k() + p];
                                sum += x * b[s.transposeB() ? j * s.k() + p : p * s.n() + j];
                            }
                            c[i * s.n() + j] = (float) sum;
                        }
                    }
                }

                @Override
                public float[] result() {
                    return c.clone();
                }
            };
        }
    }

    private static Peer.Job verified(SgemmPeer peer, String shape) {
        Shape s = Shape.of(shape);
        return Verification.verified(peer, s, Verification.operand(1, s.sizeA()), Verification.operand(2, s.sizeB()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"33x17x65", "TN:33x17x65", "NT:33x17x65", "TT:33x17x65", "1x1x4096"})
    void anotherOrderOfSummationIsNoError(String shape) {
        assertTrue(verified(RIGHT, shape).result().length > 0);
    }

    @Test
    void missingTermInOneElementIsAnError() {
        SgemmPeer peer = new Plain((s, i, j) -> i == s.m() - 1 && j == s.n() - 1 ? 1 : 0);
        String message = assertThrows(IllegalStateException.class, () -> verified(peer, "33x17x4096"))
                .getMessage();
        assertTrue(message.contains("plain NN:33x17x4096") && message.contains("element 560"), message);
    }

    @Test
    void termsOfAnotherElementAreAnError() {
        SgemmPeer peer = new Plain((s, i, j) -> i == 0 ? 1 : 0);
        assertThrows(IllegalStateException.class, () -> verified(peer, "16x16x16"));
    }

    @Test
    void nothingComputedIsAnError() {
        SgemmPeer peer = new Plain((s, i, j) -> s.k());
        assertThrows(IllegalStateException.class, () -> verified(peer, "64x10x128"));
    }

    @Test
    void nanIsAnError() {
        assertThrows(
                IllegalStateException.class,
                () -> Verification.requireClose("x", new float[1], new float[] {Float.NaN}, new double[] {1}));
    }

    @Test
    void missingElementsAreAnError() {
        assertThrows(
                IllegalStateException.class,
                () -> Verification.requireClose("x", new float[2], new float[1], new double[2]));
    }

    @Test
    void toleranceIsTheBoundOnTheRoundingErrors() {
        double[] tolerance = Verification.tolerance(Shape.of("1x1x2"), new float[] {3, 4}, new float[] {6, 8});
        assertArrayEquals(new double[] {2 * Verification.gamma(4) * 50}, tolerance, 1e-20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void networkOfBacklaneIsItself(boolean training) {
        Network network = new Network("20-8-4 sigmoid", 5);
        assertTrue(network.verified(new BacklanePeer(), training).result().length > 0);
    }

    /** Backlane, but one parameter comes out wrong. */
    @Test
    void wrongStepIsAnError() {
        Network network = new Network("20-8-4 sigmoid", 5);
        NetworkPeer peer = new NetworkPeer() {
            @Override
            public String name() {
                return "wrong";
            }

            @Override
            public String load() {
                return "";
            }

            @Override
            public boolean multithreaded() {
                return false;
            }

            @Override
            public void threads(int threads) {}

            @Override
            public Job training(Network n) {
                Job job = new BacklanePeer().training(n);
                return new Job() {
                    @Override
                    public void run() {
                        job.run();
                    }

                    // The last bias did not move.
                    @Override
                    public float[] result() {
                        float[] parameters = job.result();
                        int last = parameters.length - 1;
                        parameters[last] = n.parameters()[last];
                        return parameters;
                    }
                };
            }

            @Override
            public Job inference(Network n) {
                return training(n);
            }
        };
        assertThrows(IllegalStateException.class, () -> network.verified(peer, true));
        assertThrows(IllegalStateException.class, () -> network.verified(peer, false));
    }

    @Test
    void otherLayoutGoesBothWays() {
        Network network = new Network("20-8-4 sigmoid", 5);
        float[] flat = network.flatten(
                List.of(network.transposedWeights(0), network.transposedWeights(1)),
                List.of(network.bias(0), network.bias(1)));
        assertArrayEquals(network.parameters(), flat);
    }
}
