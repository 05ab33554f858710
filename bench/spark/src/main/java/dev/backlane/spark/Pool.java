package dev.backlane.spark;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * Working memory that tasks take and give back, so that later steps find it again. Two tasks never hold the same one, not even a
 * killed task that still runs and its successor. Travels empty.
 */
final class Pool<T> implements Serializable {
    private static final long serialVersionUID = 1;

    private transient ArrayDeque<T> idle;

    synchronized T take(Supplier<T> make) {
        return idle == null || idle.isEmpty() ? make.get() : idle.pop();
    }

    synchronized void give(T memory) {
        if (idle == null) {
            idle = new ArrayDeque<>();
        }
        idle.push(memory);
    }
}
