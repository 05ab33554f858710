package dev.backlane.soak;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Examples;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import dev.backlane.nn.Workspace;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Trains, predicts from several threads, and opens and closes {@link Workers}, all at once and for a long time. Whatever is computed
 * again must have the same bits. In each of 60 intervals it pauses and takes the used heap after a collection, the number of
 * threads, and what was done per second.
 *
 * <p>Of the intervals behind the first ten, which warm up, the last quarter is held against the first by their medians: the heap may
 * grow by {@value #HEAP_GROWTH} bytes, threads by none but {@value #THREADS_GROWTH} of the JVM's own, and each speed may fall by 40%,
 * which is what neighbours on a shared machine of two processors take at their worst. Exit code 1 otherwise.
 *
 * <p>{@code mvn -q -Psoak test-compile}, for an hour, or {@code -Dsoak.minutes=2}. {@code -Dsoak.plant=heap}, {@code threads} or
 * {@code speed} plants what it must find.
 */
public final class Soak {
    private static final int INTERVALS = 60;
    private static final int WARM_UP = 10;
    private static final long HEAP_GROWTH = 1 << 20;
    private static final int THREADS_GROWTH = 1;
    private static final double SLOWEST = 0.6;

    private static final String PLANT = System.getProperty("soak.plant", "");
    private static final List<Object> LEAK = new ArrayList<>();

    private static final int INPUTS = 64;
    private static final int CLASSES = 10;
    private static final int COUNT = 512;

    private final Mlp mlp = Mlp.inputs(INPUTS)
            .dense(96, Activation.SIGMOID)
            .dense(CLASSES, Activation.IDENTITY)
            .loss(Loss.SOFTMAX_CROSS_ENTROPY);
    private final float[] features = new float[COUNT * INPUTS];
    private final int[] labels = new int[COUNT];
    private final float[] parameters;
    private final float[] trained;
    private final float[] predicted = new float[COUNT * CLASSES];

    /** Work holds it to read, a sample to write: so a sample finds no call and no workers of a moment. */
    private final ReentrantReadWriteLock pause = new ReentrantReadWriteLock(true);

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stop;

    private interface Work {
        void run();
    }

    private static final class Task {
        final String name;
        final AtomicLong done = new AtomicLong();
        final double[] speed = new double[INTERVALS];

        Task(String name) {
            this.name = name;
        }
    }

    private Soak() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextDouble(-1, 1);
        }
        for (int i = 0; i < COUNT; i++) {
            labels[i] = random.nextInt(CLASSES);
        }
        trained = train(Workers.caller());
        parameters = trained.clone();
        predict(Workers.caller(), mlp.inferenceWorkspace(COUNT), predicted);
    }

    /** One epoch: eight steps. */
    private float[] train(Workers workers) {
        Trainer trainer = new Trainer(mlp, new Optimizer.Adam(), new Schedule.Constant(0.01f), 64, 1, 1);
        TrainingState state = trainer.start();
        trainer.train(workers, Examples.of(INPUTS, features, labels), state, new TrainingListener() {});
        return state.parameters();
    }

    private void predict(Workers workers, Workspace workspace, float[] into) {
        mlp.predict(workers, COUNT, features, 0, INPUTS, parameters, 0, workspace, into, 0, CLASSES);
    }

    private static void same(float[] expected, float[] found, String what) {
        if (!Arrays.equals(expected, found)) {
            throw new AssertionError(what + " gave other bits than the first time");
        }
    }

    private Thread start(Task task, Work work) {
        return Thread.ofPlatform().daemon().name(task.name).start(() -> {
            try {
                while (!stop) {
                    pause.readLock().lock();
                    try {
                        work.run();
                    } finally {
                        pause.readLock().unlock();
                    }
                    task.done.incrementAndGet();
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
    }

    private void open(long round) {
        Workers workers = Workers.of(2 + (int) (round % 3));
        predict(workers, mlp.inferenceWorkspace(COUNT), new float[COUNT * CLASSES]);
        if (!PLANT.equals("threads") || round % 100 != 0) {
            workers.close();
        }
        if (PLANT.equals("heap")) {
            LEAK.add(new byte[200]);
        }
        if (PLANT.equals("speed")) {
            pause(round / 100);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private int run(double minutes) {
        List<Task> tasks = List.of(new Task("train"), new Task("predict"), new Task("predict alone"), new Task("open"));
        List<Thread> threads = new ArrayList<>();
        double[] heap = new double[INTERVALS];
        double[] count = new double[INTERVALS];
        try (Workers shared = Workers.of(2)) {
            threads.add(start(tasks.get(0), () -> same(trained, train(shared), "training")));
            for (int i = 1; i <= 2; i++) {
                Workers workers = i == 1 ? shared : Workers.caller();
                Workspace workspace = mlp.inferenceWorkspace(COUNT);
                float[] into = new float[COUNT * CLASSES];
                threads.add(start(tasks.get(i), () -> {
                    predict(workers, workspace, into);
                    same(predicted, into, "inference");
                }));
            }
            Task opener = tasks.get(3);
            threads.add(start(opener, () -> open(opener.done.get())));
            for (int i = 0; i < INTERVALS && failure.get() == null; i++) {
                sample(i, minutes, tasks, heap, count);
            }
            stop = true;
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure.get() != null) {
            failure.get().printStackTrace();
            return 1;
        }
        return verdict(tasks, heap, count);
    }

    private void sample(int i, double minutes, List<Task> tasks, double[] heap, double[] count) {
        long[] before = tasks.stream().mapToLong(task -> task.done.get()).toArray();
        long from = System.nanoTime();
        pause((long) (minutes * 60_000 / INTERVALS));
        double seconds = (System.nanoTime() - from) / 1e9;
        pause.writeLock().lock();
        try {
            for (int t = 0; t < before.length; t++) {
                tasks.get(t).speed[i] = (tasks.get(t).done.get() - before[t]) / seconds;
            }
            System.gc();
            heap[i] = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            count[i] = ManagementFactory.getThreadMXBean().getThreadCount();
        } finally {
            pause.writeLock().unlock();
        }
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT, "%2d  heap %,11.0f bytes  threads %3.0f  per second:", i, heap[i], count[i]));
        tasks.forEach(task -> line.append(String.format(Locale.ROOT, "  %s %.1f", task.name, task.speed[i])));
        System.out.println(line);
    }

    private static int verdict(List<Task> tasks, double[] heap, double[] count) {
        List<Boolean> good = new ArrayList<>();
        good.add(judge("heap, bytes", heap, (first, last) -> last - first <= HEAP_GROWTH));
        good.add(judge("threads", count, (first, last) -> last - first <= THREADS_GROWTH));
        for (Task task : tasks) {
            good.add(judge(task.name + " per second", task.speed, (first, last) -> last >= SLOWEST * first));
        }
        return good.contains(false) ? 1 : 0;
    }

    private interface Rule {
        boolean holds(double first, double last);
    }

    private static boolean judge(String what, double[] samples, Rule rule) {
        int quarter = (INTERVALS - WARM_UP) / 4;
        double first = median(Arrays.copyOfRange(samples, WARM_UP, WARM_UP + quarter));
        double last = median(Arrays.copyOfRange(samples, INTERVALS - quarter, INTERVALS));
        boolean holds = rule.holds(first, last);
        System.out.printf(
                Locale.ROOT, "%s %s: first quarter %,.1f, last %,.1f%n", holds ? "ok  " : "FAIL", what, first, last);
        return holds;
    }

    private static double median(double[] samples) {
        Arrays.sort(samples);
        return (samples[(samples.length - 1) / 2] + samples[samples.length / 2]) / 2;
    }

    /**
     * Soaks.
     *
     * @param args minutes
     */
    public static void main(String[] args) {
        System.exit(new Soak().run(Double.parseDouble(args[0])));
    }
}
