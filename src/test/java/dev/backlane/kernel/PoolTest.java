package dev.backlane.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolTest {
    private int made;
    private final Pool<Object> pool = new Pool<>(() -> "object " + made++);

    private List<Object> take(int n) {
        List<Object> taken = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            taken.add(pool.take());
        }
        return taken;
    }

    @Test
    void whatWasGivenIsTakenAgain() {
        Object first = pool.take();
        assertEquals("object 0", first);
        pool.give(first);
        assertSame(first, pool.take());
        assertEquals("object 1", pool.take());
    }

    @Test
    void asManyAsThereAreSlotsAreKept() {
        List<Object> objects = take(Pool.SLOTS + 1);
        objects.forEach(pool::give);
        assertEquals(objects.subList(0, Pool.SLOTS), take(Pool.SLOTS));
        assertEquals("object " + (Pool.SLOTS + 1), pool.take());
    }
}
