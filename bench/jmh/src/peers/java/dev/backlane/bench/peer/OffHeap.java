package dev.backlane.bench.peer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.FloatPointer;

/** Operands outside the heap, each at the start of a cache line. */
final class OffHeap implements AutoCloseable {
    private static final long CACHE_LINE = 64;

    private final Arena arena = Arena.ofShared();

    /** A copy that lives until {@link #close()}. */
    FloatPointer copy(float[] x) {
        MemorySegment memory = arena.allocate((long) x.length * Float.BYTES, CACHE_LINE);
        MemorySegment.copy(x, 0, memory, ValueLayout.JAVA_FLOAT, 0, x.length);
        return new FloatPointer(
                memory.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer());
    }

    /** A copy on the heap. */
    static float[] array(FloatPointer pointer, int n) {
        float[] x = new float[n];
        pointer.get(x, 0, n);
        return x;
    }

    @Override
    public void close() {
        arena.close();
    }
}
