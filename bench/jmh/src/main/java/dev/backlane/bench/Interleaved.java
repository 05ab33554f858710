package dev.backlane.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times contestants in rounds: each round runs every one of them for a while, so that a change of the processor's clock
 * or a neighbour on the machine meets all of them alike.
 */
final class Interleaved {
    /** Long enough for another contestant's idle threads, which spin at first, to fall asleep. */
    private static final long SETTLE_MILLIS = 30;

    private static final double STEADY_NANOS = 0.4e9;
    private static final double LONGEST_WARMUP_NANOS = 10e9;

    private static final class Contestant {
        final String name;
        final Runnable work;
        final double[] seconds;
        int batch;

        Contestant(String name, Runnable work, int rounds) {
            this.name = name;
            this.work = work;
            seconds = new double[rounds];
        }
    }

    private final List<Contestant> contestants = new ArrayList<>();
    private final int rounds;
    private final double roundSeconds;

    Interleaved(int rounds, double roundSeconds) {
        this.rounds = rounds;
        this.roundSeconds = roundSeconds;
    }

    void add(String name, Runnable work) {
        contestants.add(new Contestant(name, work, rounds));
    }

    /** Seconds per run of each contestant: one number for each round, in ascending order. */
    Map<String, double[]> run(boolean settle) throws InterruptedException {
        for (Contestant contestant : contestants) {
            calibrate(contestant);
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < contestants.size(); i++) {
                // Each round starts with another one, so that none always follows the same.
                Contestant contestant = contestants.get((i + round) % contestants.size());
                if (settle) {
                    Thread.sleep(SETTLE_MILLIS);
                }
                time(contestant, Math.max(1, contestant.batch / 8));
                contestant.seconds[round] = time(contestant, contestant.batch);
            }
        }
        Map<String, double[]> seconds = new LinkedHashMap<>();
        for (Contestant contestant : contestants) {
            Arrays.sort(contestant.seconds);
            seconds.put(contestant.name, contestant.seconds);
        }
        return seconds;
    }

    /**
     * Warms up until runs have not become faster for a while, as they do when the compiler has finished, then finds how
     * many fill a round.
     */
    private void calibrate(Contestant contestant) {
        long start = System.nanoTime();
        long faster = start;
        double best = Double.MAX_VALUE;
        int batch = 1;
        long now;
        do {
            double each = time(contestant, batch);
            batch = (int) Math.clamp(Math.ceil(roundSeconds / each), 1, 1 << 24);
            now = System.nanoTime();
            if (each < 0.95 * best) {
                best = each;
                faster = now;
            }
        } while (now - start < LONGEST_WARMUP_NANOS && now - faster < Math.max(STEADY_NANOS, 10e9 * roundSeconds));
        contestant.batch = batch;
    }

    private static double time(Contestant contestant, int batch) {
        Runnable work = contestant.work;
        long start = System.nanoTime();
        for (int i = 0; i < batch; i++) {
            work.run();
        }
        return Math.max(1, System.nanoTime() - start) * 1e-9 / batch;
    }
}
