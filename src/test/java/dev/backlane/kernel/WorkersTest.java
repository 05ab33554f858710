package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {
    @Test
    void everyPartRunsOnce() {
        for (int threads : new int[] {1, 2, 3, 8}) {
            try (Workers workers = Workers.of(threads)) {
                for (int parts = 0; parts < 40; parts++) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(parts);
                    workers.run(part -> runs.incrementAndGet(part), parts);
                    for (int part = 0; part < parts; part++) {
                        assertEquals(1, runs.get(part), threads + " threads, part " + part + " of " + parts);
                    }
                }
            }
        }
    }

    @Test
    void manyShortRegionsInARow() {
        try (Workers workers = Workers.of(3)) {
            AtomicInteger sum = new AtomicInteger();
            for (int i = 0; i < 20_000; i++) {
                workers.run(part -> sum.addAndGet(part), 4);
            }
            assertEquals(20_000 * 6, sum.get());
        }
    }

    @Test
    void aFailureReachesTheCallerAndTheWorkersLive() {
        try (Workers workers = Workers.of(2)) {
            Error planted = new AssertionError("planted");
            for (int i = 0; i < 100; i++) {
                int bad = i % 4;
                Error thrown = assertThrows(
                        AssertionError.class,
                        () -> workers.run(
                                part -> {
                                    if (part == bad) {
                                        throw planted;
                                    }
                                },
                                4));
                assertSame(planted, thrown);
            }
            AtomicInteger runs = new AtomicInteger();
            workers.run(part -> runs.incrementAndGet(), 10);
            assertEquals(10, runs.get());
        }
    }

    @Test
    void nestedRegionsRunOnTheirCaller() {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger runs = new AtomicInteger();
            workers.run(outer -> workers.run(inner -> runs.incrementAndGet(), 5), 4);
            assertEquals(20, runs.get());
        }
    }

    @Test
    void manyCallersShareThem() throws InterruptedException {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger runs = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(Thread.ofVirtual().start(() -> {
                    for (int k = 0; k < 500; k++) {
                        workers.run(part -> runs.incrementAndGet(), 3);
                    }
                }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(8 * 500 * 3, runs.get());
        }
    }

    @Test
    void anInterruptedCallerFinishesAndStaysInterrupted() {
        try (Workers workers = Workers.of(2)) {
            Thread.currentThread().interrupt();
            AtomicInteger runs = new AtomicInteger();
            for (int i = 0; i < 50; i++) {
                workers.run(
                        part -> {
                            long end = System.nanoTime() + 200_000;
                            while (System.nanoTime() < end) {
                                Thread.onSpinWait();
                            }
                            runs.incrementAndGet();
                        },
                        2);
            }
            assertEquals(100, runs.get());
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void closeEndsTheThreadsAndIsFinal() {
        long before = helpers();
        Workers workers = Workers.of(4);
        assertEquals(before + 3, helpers());
        workers.run(part -> {}, 4);
        workers.close();
        workers.close();
        assertThrows(IllegalStateException.class, () -> workers.checkOpen());
        for (int i = 0; i < 300; i++) {
            Workers.of(3).close();
        }
        assertEquals(before, helpers());
    }

    private static long helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("backlane-worker"))
                .count();
    }

    @Test
    @SuppressWarnings("try")
    void closeFromInsideIsRefused() {
        try (Workers workers = Workers.of(2)) {
            assertThrows(IllegalStateException.class, () -> workers.run(part -> workers.close(), 2));
        }
    }

    @Test
    void theCallerHasNoThreadsToClose() {
        Workers.caller().close();
        AtomicInteger runs = new AtomicInteger();
        Workers.caller().run(part -> runs.incrementAndGet(), 3);
        assertEquals(3, runs.get());
        assertEquals(1, Workers.caller().threads());
    }

    @Test
    void threadsAreDaemonsAndBounded() {
        assertThrows(IllegalArgumentException.class, () -> Workers.of(0));
        assertThrows(IllegalArgumentException.class, () -> Workers.of(1025));
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Workers workers = Workers.of(2)) {
            while (threads.size() < 2) {
                workers.run(part -> threads.add(Thread.currentThread()), 64);
            }
        }
        threads.remove(Thread.currentThread());
        assertTrue(threads.iterator().next().isDaemon());
    }
}
