package dev.backlane.safetensors;

import java.util.List;

/**
 * What a file's header says of one tensor: checked, so that {@code end − begin} is the product of the shape times the size of an
 * element.
 *
 * @param name unique in its file
 * @param dtype type of its elements
 * @param shape length of each dimension, outermost first; empty for a scalar
 * @param begin where its bytes begin, counted from the first byte behind the header
 * @param end behind its last byte
 */
public record TensorInfo(String name, Dtype dtype, List<Long> shape, long begin, long end) {
    /**
     * Copies the shape.
     */
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /**
     * How many elements it has.
     *
     * @return the product of the shape: 1 for a scalar
     */
    public long elements() {
        return (end - begin) / dtype.bytes();
    }
}
