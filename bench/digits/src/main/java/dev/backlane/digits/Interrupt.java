package dev.backlane.digits;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * While it is open, Ctrl-C and a request to terminate do not end the process at once: they make {@link #requested()} true and wait
 * until this is closed, or for a minute. Java then ends with the code of the signal, 130 for Ctrl-C.
 */
final class Interrupt implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("interrupt").unstarted(this::stop);
    private volatile boolean requested;

    private Interrupt() {}

    /**
     * Opens one.
     *
     * @return to be closed when nothing is left to be saved
     */
    static Interrupt open() {
        Interrupt interrupt = new Interrupt();
        try {
            Runtime.getRuntime().addShutdownHook(interrupt.hook);
        } catch (IllegalStateException e) {
            // The process ends already.
            interrupt.requested = true;
        }
        return interrupt;
    }

    private void stop() {
        requested = true;
        try {
            done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Whether the process is to end.
     *
     * @return true from then on
     */
    boolean requested() {
        return requested;
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook runs, and waited for the line above.
        }
    }
}
