package dev.backlane.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that a kernel may use. {@link #caller()} is the calling thread alone; {@link #of(int)} owns {@code threads −
 * 1} daemon threads besides, until {@link #close()}. Nothing else in this library starts a thread. How many there are never
 * changes a result: every kernel returns the same bits on any number.
 *
 * <p>May be shared by any number of callers, platform or virtual threads: one call at a time has the threads, others meanwhile
 * run on their own thread, and so does a kernel within a part of another. No caller waits for another. Small work stays on
 * the calling thread. Idle threads spin for some ten microseconds, then park and cost nothing. Workers that nobody closes keep
 * their threads until the process ends.
 *
 * <p>An interrupt does not end a call: its result is whole, and the caller still interrupted. What a part of a kernel throws,
 * {@link Error}s included, ends neither the threads nor the workers: the other parts run, then the caller gets that very
 * object (one of them, if several parts threw). Only a {@link StackOverflowError} of the calling thread itself, between two
 * parts, closes the workers: its threads may then write until {@link #close()} has returned.
 *
 * <p>Refuses to be an executor: it runs this library's kernels, nothing else.
 */
public final class Workers implements AutoCloseable {
    /** Work in numbered parts that may run on any threads in any order. */
    interface Job {
        void run(int part);
    }

    private static final int MAX_THREADS = 1024;
    /** Measured where a core reads slowly what the other wrote; see bench/NOTES.md. */
    private static final long LEAST_PRODUCT = 1 << 20;

    private static final Workers CALLER = new Workers(1, LEAST_PRODUCT);
    /** Idle turns of a helper before it parks, and of a caller before it does: some tens of microseconds. */
    private static final int SPINS = 1 << 12;

    private static final int PART_BITS = 16;
    private static final int PART_MASK = (1 << PART_BITS) - 1;

    private final int threads;
    /** Multiply-adds below which a product stays on the calling thread. */
    final long leastProduct;

    private final Helper[] helpers;
    private final int spins;

    /** Held by the call that has the helpers. */
    private final AtomicBoolean busy = new AtomicBoolean();
    /**
     * Region number, its count of parts, the next part to claim. One word, so that a claim by a helper that slept through
     * a region cannot succeed: only a claimed part gives the right to read {@link #job}.
     */
    private final AtomicLong ticket = new AtomicLong();

    private final AtomicInteger finished = new AtomicInteger();
    private Job job;
    private volatile Thread owner;
    private volatile Thread waiter;
    private volatile Throwable failure;
    private volatile boolean closed;

    private Workers(int threads, long leastProduct) {
        this.threads = threads;
        this.leastProduct = leastProduct;
        // Spinning helps only while every thread has a processor of its own.
        spins = threads <= Runtime.getRuntime().availableProcessors() ? SPINS : 1;
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(this, i + 1);
        }
        try {
            for (Helper helper : helpers) {
                helper.start();
            }
        } catch (OutOfMemoryError e) {
            // No more threads to be had: those that were shall not stay.
            close();
            throw e;
        }
    }

    /**
     * No threads but the calling one.
     *
     * @return the shared instance; closing it does nothing
     */
    public static Workers caller() {
        return CALLER;
    }

    /**
     * The calling thread and {@code threads − 1} daemon threads, started now.
     *
     * @param threads how many threads a kernel may use, the caller included: 1 to 1024
     * @return workers to be closed by the caller
     * @throws IllegalArgumentException if {@code threads} is out of range
     */
    public static Workers of(int threads) {
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads must be 1 to " + MAX_THREADS + ", but is " + threads);
        }
        return new Workers(threads, LEAST_PRODUCT);
    }

    /** For tests: workers who share every product, however small. */
    static Workers ofAny(int threads) {
        return new Workers(threads, 0);
    }

    /**
     * How many threads a kernel may use, the caller included.
     *
     * @return the number given to {@link #of(int)}; 1 for {@link #caller()}
     */
    public int threads() {
        return threads;
    }

    /**
     * Ends the threads, each after the parts that it runs, and waits until they are gone, interrupted or not. A second close, or
     * one by a second thread, waits for the same and does nothing else. A kernel called with closed workers throws
     * {@link IllegalStateException} before its first write. One that is running meanwhile ends with the right result, if need be
     * without the threads.
     *
     * @throws IllegalStateException if called from inside a kernel that runs on these workers
     */
    @Override
    public void close() {
        if (this == CALLER) {
            return;
        }
        Thread self = Thread.currentThread();
        if (owner == self || self instanceof Helper helper && helper.workers == this) {
            throw new IllegalStateException("Workers cannot be closed by a kernel that runs on them");
        }
        closed = true; // the call that has the helpers runs what they leave
        boolean interrupted = false;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            self.interrupt();
        }
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("workers is closed");
        }
    }

    /**
     * Runs {@code job.run(0) … job.run(parts − 1)}, each once, and returns when all have; rethrows the failure of a part. Closed
     * workers have but the caller: what refuses them is {@link #checkOpen} at a kernel's door, since behind it C may be scaled.
     */
    void run(Job job, int parts) {
        if (parts > PART_MASK) {
            throw new IllegalArgumentException("parts must be at most " + PART_MASK + ", but is " + parts);
        }
        if (parts <= 1 || helpers.length == 0 || closed || !busy.compareAndSet(false, true)) {
            for (int part = 0; part < parts; part++) {
                job.run(part);
            }
            return;
        }
        boolean interrupted = false;
        boolean whole = false;
        Throwable thrown;
        try {
            owner = Thread.currentThread();
            this.job = job;
            failure = null;
            finished.set(0);
            long region = (ticket.get() >>> (2 * PART_BITS)) + 1;
            ticket.set(region << (2 * PART_BITS) | (long) parts << PART_BITS);
            for (int i = 0; i < Math.min(parts - 1, helpers.length); i++) {
                helpers[i].wake();
            }
            work();
            interrupted = await(parts);
            whole = true;
            thrown = failure;
        } finally {
            if (whole) {
                this.job = null;
                failure = null;
            } else {
                // No stack was left to count or wait: a helper may still be at work, so no region may follow. A call
                // would fail here.
                closed = true;
            }
            owner = null;
            busy.set(false);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (thrown != null) {
            Workers.<RuntimeException>rethrow(thrown);
        }
    }

    /** Claims and runs parts of the current region until none is left. */
    private void work() {
        for (; ; ) {
            long now = ticket.get();
            int next = (int) (now & PART_MASK);
            int parts = (int) (now >>> PART_BITS & PART_MASK);
            if (next >= parts) {
                return;
            }
            if (!ticket.compareAndSet(now, now + 1)) {
                continue;
            }
            try {
                job.run(next);
            } catch (Throwable t) {
                failure = t;
            }
            if (finished.incrementAndGet() == parts) {
                Thread sleeping = waiter;
                if (sleeping != null) {
                    LockSupport.unpark(sleeping);
                }
            }
        }
    }

    /** Waits for parts that others run; returns whether the thread was interrupted meanwhile. */
    private boolean await(int parts) {
        for (int i = 0; i < spins; i++) {
            if (finished.get() == parts) {
                return false;
            }
            Thread.onSpinWait();
        }
        boolean interrupted = false;
        waiter = Thread.currentThread();
        while (finished.get() != parts) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        waiter = null;
        return interrupted;
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void rethrow(Throwable t) throws T {
        throw (T) t;
    }

    private boolean idle() {
        long now = ticket.get();
        return (now & PART_MASK) >= (now >>> PART_BITS & PART_MASK);
    }

    /** One of the owned threads. */
    private static final class Helper extends Thread {
        private final Workers workers;
        private volatile boolean parked;

        Helper(Workers workers, int number) {
            super(null, null, "backlane-worker-" + number, 0, false);
            this.workers = workers;
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!workers.closed) {
                workers.work();
                for (int i = 0; i < workers.spins && workers.idle() && !workers.closed; i++) {
                    Thread.onSpinWait();
                }
                if (workers.idle() && !workers.closed) {
                    // Announced first, checked again after: a region that starts in between sees the flag and unparks.
                    parked = true;
                    if (workers.idle() && !workers.closed) {
                        LockSupport.park(workers);
                    }
                    parked = false;
                    Thread.interrupted(); // an interrupt is no reason to stop, and would keep park from parking
                }
            }
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }
    }
}
