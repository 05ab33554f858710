package dev.backlane.kernel;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What callers hand to each other and to threads. In this package because only kernels may. */
public final class HandOff {
    private HandOff() {}

    /** Shared by all states, so that each region follows another's. */
    private static final Workers WORKERS = Workers.of(2);

    /** Two callers share workers whose region is used again at once. What a caller wrote before, its parts read; what its parts wrote, it reads: 3 parts of 7, twice. */
    @JCStressTest
    @Outcome(id = "42, 42", expect = Expect.ACCEPTABLE, desc = "Published both ways.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A part that did not run, ran twice, or saw or left stale values.")
    @State
    public static class Publication {
        /** A caller. */
        @Actor
        public void one(II_Result r) {
            r.r1 = twice();
        }

        /** Another. */
        @Actor
        public void two(II_Result r) {
            r.r2 = twice();
        }

        private static int twice() {
            int[] in = new int[3];
            int[] out = new int[3];
            for (int round = 0; round < 2; round++) {
                in[0] = in[1] = in[2] = 7;
                WORKERS.run(part -> out[part] += in[part], 3);
                in[0] = in[1] = in[2] = 0;
            }
            return out[0] + out[1] + out[2];
        }
    }

    /** A spare object of a {@link Pool} has one borrower at a time, who finds it as the last one left it. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Each had it alone.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Two had it, or its content came late.")
    @State
    public static class Spare {
        private final Pool<int[]> pool = new Pool<>(() -> new int[1]);

        /** One spare object. */
        public Spare() {
            pool.give(new int[1]);
        }

        /** A borrower. */
        @Actor
        public void one(II_Result r) {
            r.r1 = borrow();
        }

        /** Another. */
        @Actor
        public void two(II_Result r) {
            r.r2 = borrow();
        }

        private int borrow() {
            int clashes = 0;
            for (int round = 0; round < 2; round++) {
                int[] spare = pool.take();
                clashes += spare[0];
                spare[0] = 1;
                clashes += 1 - spare[0];
                spare[0] = 0;
                pool.give(spare);
            }
            return clashes;
        }
    }
}
