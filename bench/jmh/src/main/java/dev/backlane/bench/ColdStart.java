package dev.backlane.bench;

import dev.backlane.bench.peer.BacklanePeer;
import dev.backlane.bench.peer.Network;
import dev.backlane.bench.peer.Peer;
import java.util.Arrays;

/**
 * A process that does nothing but train: how long it takes from the start of the JVM to the first step, and to full
 * speed. Prints three numbers: milliseconds, milliseconds, and the final microseconds for a step.
 */
public final class ColdStart {
    /** Steps are judged in groups of about this length, so that one interrupt does not decide. */
    private static final double GROUP_SECONDS = 0.005;

    private static final double WITHIN = 1.1;
    private static final int MAX_STEPS = 1 << 20;

    private ColdStart() {}

    /**
     * Trains.
     *
     * @param args wall clock at the launch in microseconds, seconds to run, network, batch, threads
     */
    public static void main(String[] args) {
        long launched = Long.parseLong(args[0]);
        double seconds = Double.parseDouble(args[1]);
        BacklanePeer backlane = new BacklanePeer();
        backlane.threads(Integer.parseInt(args[4]));
        Peer.Job step = backlane.training(new Network(args[2], Integer.parseInt(args[3])));
        long[] ends = new long[MAX_STEPS];
        long start = System.nanoTime();
        double sinceLaunch = (microseconds() - launched) / 1e6;
        int steps = 0;
        do {
            step.run();
            ends[steps++] = System.nanoTime() - start;
        } while (steps < MAX_STEPS && sinceLaunch + ends[steps - 1] * 1e-9 < seconds);
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            times[i] = sinceLaunch + ends[i] * 1e-9;
        }
        double[] summary = summary(times);
        System.out.println(summary[0] + " " + summary[1] + " " + summary[2]);
    }

    /**
     * Wall clock.
     *
     * @return microseconds since the epoch
     */
    public static long microseconds() {
        java.time.Instant now = java.time.Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }

    /**
     * What the ends of all steps say.
     *
     * @param ends seconds since the launch at the end of each step
     * @return milliseconds to the end of the first step; milliseconds to the end of the first group of steps within 10%
     *     of the final speed; microseconds of a step at the end, the median of the last fifth of the groups
     */
    static double[] summary(double[] ends) {
        int n = ends.length;
        double last = n > 1 ? (ends[n - 1] - ends[n / 2]) / Math.max(1, n - 1 - n / 2) : ends[0];
        int group = Math.clamp(Math.round(GROUP_SECONDS / last), 1, Math.max(1, n / 10));
        double[] speeds = new double[n / group];
        for (int g = 0; g < speeds.length; g++) {
            int from = g * group - 1;
            speeds[g] = (ends[from + group] - (from < 0 ? ends[0] : ends[from]))
                    / (from < 0 ? Math.max(1, group - 1) : group);
        }
        double[] tail = Arrays.copyOfRange(speeds, speeds.length - Math.max(1, speeds.length / 5), speeds.length);
        Arrays.sort(tail);
        double finalSpeed = tail[tail.length / 2];
        int g = group > 1 ? 0 : 1;
        while (g < speeds.length - 1 && speeds[g] > WITHIN * finalSpeed) {
            g++;
        }
        int reached = Math.min(n - 1, (Math.min(g, speeds.length - 1) + 1) * group - 1);
        return new double[] {1e3 * ends[0], 1e3 * ends[reached], 1e6 * finalSpeed};
    }
}
