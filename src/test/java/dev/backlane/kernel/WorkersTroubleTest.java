package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that are closed, nested, failed in or starved while they work: every part runs once, and nobody waits for ever. */
@Tag("once") // No kernel in it.
@Timeout(60)
class WorkersTroubleTest {
    private static final class Planted extends Error {
        private static final long serialVersionUID = 1;
    }

    private static boolean onHelper() {
        return Thread.currentThread().getName().startsWith("backlane-worker");
    }

    private static long helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("backlane-worker"))
                .count();
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Two parts, each on a thread of its own, of which the helper's does {@code task} and the caller's meanwhile waits. */
    private static Workers.Job onTheHelper(Runnable task) {
        CountDownLatch both = new CountDownLatch(2);
        return part -> {
            both.countDown();
            await(both);
            if (onHelper()) {
                task.run();
            }
        };
    }

    @Test
    void closedDuringACallTheCallIsWhole() throws InterruptedException {
        long before = helpers();
        for (int round = 0; round < 200; round++) {
            Workers workers = Workers.of(3);
            AtomicIntegerArray runs = new AtomicIntegerArray(24);
            CountDownLatch begun = new CountDownLatch(1 + round % 20);
            Thread closer = Thread.ofPlatform().start(() -> {
                await(begun);
                workers.close();
            });
            workers.run(
                    part -> {
                        begun.countDown();
                        spin(20_000);
                        runs.incrementAndGet(part);
                    },
                    runs.length());
            closer.join();
            for (int part = 0; part < runs.length(); part++) {
                assertEquals(1, runs.get(part));
            }
            assertThrows(IllegalStateException.class, workers::checkOpen);
        }
        assertEquals(before, helpers());
    }

    @Test
    void everyCloseWaitsUntilTheThreadsAreGone() throws InterruptedException {
        long before = helpers();
        for (int round = 0; round < 50; round++) {
            Workers workers = Workers.of(4);
            AtomicReference<Long> left = new AtomicReference<>(0L);
            AtomicInteger interrupted = new AtomicInteger();
            List<Thread> closers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                closers.add(Thread.ofPlatform().start(() -> {
                    Thread.currentThread().interrupt();
                    workers.close();
                    left.accumulateAndGet(helpers(), Math::max);
                    interrupted.addAndGet(Thread.interrupted() ? 1 : 0);
                }));
            }
            for (Thread closer : closers) {
                closer.join();
            }
            assertEquals(before, left.get());
            assertEquals(3, interrupted.get());
        }
    }

    @Test
    void tenThousandOpenedAndClosedLeaveNoThread() {
        long before = helpers();
        int threads = Thread.activeCount();
        AtomicInteger runs = new AtomicInteger();
        for (int i = 0; i < 10_000; i++) {
            try (Workers workers = Workers.of(2 + i % 3)) {
                workers.run(part -> runs.incrementAndGet(), i % 5);
            }
        }
        assertEquals(20_000, runs.get());
        assertEquals(before, helpers());
        assertTrue(Thread.activeCount() <= threads + 2);
    }

    /** From a part on an owned thread: each kind of throwable, as the same object, and the thread lives on. */
    @Test
    void whatAHelperThrowsReachesTheCaller() {
        List<Throwable> kinds = List.of(
                new Planted(),
                new OutOfMemoryError("planted"),
                new StackOverflowError("planted"),
                new NoClassDefFoundError("planted"),
                new IllegalStateException("planted"),
                new IOException("planted"));
        try (Workers workers = Workers.of(2)) {
            AtomicReference<Thread> helper = new AtomicReference<>();
            workers.run(onTheHelper(() -> helper.set(Thread.currentThread())), 2);
            for (int round = 0; round < 20; round++) {
                for (Throwable kind : kinds) {
                    Throwable got = assertThrows(Throwable.class, () -> workers.run(onTheHelper(() -> sneak(kind)), 2));
                    assertSame(kind, got);
                    workers.run(onTheHelper(() -> assertSame(helper.get(), Thread.currentThread())), 2);
                }
            }
            assertThrows(StackOverflowError.class, () -> workers.run(onTheHelper(() -> bottomless(0)), 2));
            workers.run(onTheHelper(() -> assertSame(helper.get(), Thread.currentThread())), 2);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable t) throws T {
        throw (T) t;
    }

    private static int bottomless(int n) {
        return n < 0 ? 0 : 1 + bottomless(n + 1);
    }

    @Test
    void theOtherPartsRunWhenSeveralFail() {
        try (Workers workers = Workers.of(3)) {
            for (int round = 0; round < 200; round++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(12);
                assertThrows(
                        Planted.class,
                        () -> workers.run(
                                part -> {
                                    runs.incrementAndGet(part);
                                    if (part % 3 == 0) {
                                        throw new Planted();
                                    }
                                },
                                12));
                for (int part = 0; part < 12; part++) {
                    assertEquals(1, runs.get(part));
                }
            }
        }
    }

    /** Recurses to the end of the stack, then runs the task in each frame on the way back until it no longer overflows. */
    private static boolean deep(int depth, Runnable task) {
        boolean done;
        try {
            done = depth < 0 || deep(depth + 1, task);
        } catch (StackOverflowError e) {
            done = false;
        }
        if (!done) {
            try {
                task.run();
                done = true;
            } catch (StackOverflowError e) {
                done = false;
            }
        }
        return done;
    }

    /** A caller whose stack ends at any place within: later calls are right, on closed workers, too; they never trust a count that is off. */
    @Test
    void aCallerWithoutStack() throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger wrong = new AtomicInteger();
        for (int round = 0; round < 30; round++) {
            Thread caller = new Thread(
                    null,
                    () -> {
                        Workers workers = Workers.of(2);
                        deep(0, () -> {
                            AtomicInteger runs = new AtomicInteger();
                            workers.run(
                                    part -> {
                                        spin(onHelper() ? 100_000 : 0);
                                        runs.incrementAndGet();
                                    },
                                    6);
                            wrong.addAndGet(runs.get() == 6 ? 0 : 1);
                        });
                        workers.close();
                    },
                    "small stack",
                    1 << 18);
            caller.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
            caller.start();
            caller.join();
        }
        assertEquals(null, failure.get());
        assertEquals(0, wrong.get());
    }

    @Test
    void nestedInOthersAndBack() {
        try (Workers outer = Workers.of(3);
                Workers inner = Workers.of(2)) {
            AtomicInteger runs = new AtomicInteger();
            for (int round = 0; round < 300; round++) {
                outer.run(a -> inner.run(b -> outer.run(c -> inner.run(d -> runs.incrementAndGet(), 2), 3), 4), 5);
            }
            assertEquals(300 * 2 * 3 * 4 * 5, runs.get());
        }
    }

    /** Runs a task in its static initialiser, whose native frame pins a virtual thread to its carrier. */
    static final class Pinned {
        static final ThreadLocal<Runnable> TASK = new ThreadLocal<>();

        private Pinned() {}

        /** Loaded anew for each task. */
        static final class Initializer {
            static {
                TASK.get().run();
            }

            private Initializer() {}
        }

        static void run(Runnable task) {
            TASK.set(task);
            try (InputStream in =
                    Initializer.class.getResourceAsStream("WorkersTroubleTest$Pinned$Initializer.class")) {
                MethodHandles.lookup().defineHiddenClass(in.readAllBytes(), true);
            } catch (IOException | IllegalAccessException e) {
                throw new AssertionError(e);
            } finally {
                TASK.remove();
            }
        }
    }

    @Test
    void manyMoreVirtualCallersThanCarriers() throws InterruptedException {
        int callers = 200;
        AtomicInteger runs = new AtomicInteger();
        try (Workers workers = Workers.of(2)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                Runnable calls = () -> {
                    for (int k = 0; k < 50; k++) {
                        workers.run(
                                part -> {
                                    spin(1_000L * part);
                                    runs.incrementAndGet();
                                    LockSupport.parkNanos(1);
                                },
                                3);
                    }
                };
                boolean pinned = i % 2 == 0;
                threads.add(Thread.ofVirtual().start(pinned ? () -> Pinned.run(calls) : calls));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(callers * 50 * 3, runs.get());
    }

    /** The call waits unmounted for its helper; those who close hold every carrier meanwhile. */
    @Test
    void pinnedClosersDoNotKeepACallFromItsCarrier() throws InterruptedException {
        Workers workers = Workers.of(2);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(Runtime.getRuntime().availableProcessors());
        Thread caller = Thread.ofVirtual()
                .start(() -> workers.run(
                        onTheHelper(() -> {
                            begun.countDown();
                            await(closing);
                            spin(50_000_000);
                        }),
                        2));
        await(begun);
        List<Thread> closers = new ArrayList<>();
        for (long i = closing.getCount(); i > 0; i--) {
            closers.add(Thread.ofVirtual()
                    .start(() -> Pinned.run(() -> {
                        closing.countDown();
                        workers.close();
                    })));
        }
        for (Thread closer : closers) {
            closer.join(20_000);
            assertFalse(closer.isAlive());
        }
        caller.join(20_000);
        assertFalse(caller.isAlive());
    }
}
