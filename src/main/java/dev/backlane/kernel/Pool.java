package dev.backlane.kernel;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Spare objects that calls borrow, so that a call allocates nothing in the steady state and callers need not hand in
 * scratch space. Lock-free; holds at most {@value #SLOTS} objects, which is also the number of concurrent borrowers up to
 * which nothing is allocated. Not a {@link ThreadLocal}: a million virtual threads shall not hold a million buffers.
 */
final class Pool<T> {
    static final int SLOTS = 64;

    private final AtomicReferenceArray<T> slots = new AtomicReferenceArray<>(SLOTS);
    private final Supplier<T> maker;

    Pool(Supplier<T> maker) {
        this.maker = maker;
    }

    T take() {
        for (int i = 0; i < SLOTS; i++) {
            if (slots.getPlain(i) != null) {
                T spare = slots.getAndSet(i, null);
                if (spare != null) {
                    return spare;
                }
            }
        }
        return maker.get();
    }

    void give(T spare) {
        for (int i = 0; i < SLOTS; i++) {
            if (slots.getPlain(i) == null && slots.compareAndSet(i, null, spare)) {
                return;
            }
        }
    }
}
