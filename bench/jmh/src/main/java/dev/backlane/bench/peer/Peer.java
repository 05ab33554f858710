package dev.backlane.bench.peer;

/** A library that is measured. Loads nothing before {@link #load()}. */
public interface Peer {
    /**
     * Its name in tables and parameters.
     *
     * @return lower case, without blanks
     */
    String name();

    /**
     * Loads what it needs. May throw any {@link LinkageError} or {@link RuntimeException}: then it is skipped, with the
     * reason.
     *
     * @return version and configuration, in one line
     */
    String load();

    /**
     * Whether it can use more than one thread.
     *
     * @return false if {@link #threads} accepts 1 only
     */
    boolean multithreaded();

    /**
     * Sets the number of threads for jobs that the calling thread prepares and runs from now on.
     *
     * @param threads at least 1
     */
    void threads(int threads);

    /** One job on operands that lie where the peer likes them best. Used by the thread that prepared it. */
    interface Job extends AutoCloseable {
        /** The timed part. */
        void run();

        /**
         * What the last run computed.
         *
         * @return a copy on the heap
         */
        float[] result();

        @Override
        default void close() {}
    }
}
