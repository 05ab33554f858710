package dev.backlane.param;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What lies where in a flat vector of parameters: named blocks of one shape each, one behind the other. The gradient vector and
 * each optimiser moment have the same layout. Immutable; holds no numbers.
 */
public final class ParameterLayout {
    /**
     * One named block, row-major.
     *
     * @param name unique in its layout
     * @param shape length of each dimension
     * @param offset index of its first element
     * @param size number of its elements
     */
    public record Block(String name, List<Integer> shape, int offset, int size) {}

    private final Map<String, Block> blocks;
    private final int size;

    private ParameterLayout(Map<String, Block> blocks, int size) {
        this.blocks = Collections.unmodifiableMap(blocks);
        this.size = size;
    }

    /**
     * Starts a layout.
     *
     * @return an empty builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Length of the vector.
     *
     * @return number of parameters
     */
    public int size() {
        return size;
    }

    /**
     * All blocks.
     *
     * @return in order of their offsets
     */
    public List<Block> blocks() {
        return new ArrayList<>(blocks.values());
    }

    /**
     * The block of a name.
     *
     * @param name as given to the builder
     * @return the block
     * @throws IllegalArgumentException if there is none
     */
    public Block block(String name) {
        Block block = blocks.get(name);
        if (block == null) {
            throw new IllegalArgumentException("name must be one of " + blocks.keySet() + ", but is " + name);
        }
        return block;
    }

    /** Same blocks in the same places. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ParameterLayout layout && blocks.equals(layout.blocks);
    }

    @Override
    public int hashCode() {
        return blocks.hashCode();
    }

    /** A table: name, shape, offset and size of each block. */
    @Override
    public String toString() {
        int width = blocks.keySet().stream().mapToInt(String::length).max().orElse(0);
        String row = "%-" + Math.max(4, width) + "s  %-14s %10s %10s%n";
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, row, "name", "shape", "offset", "size"));
        for (Block block : blocks.values()) {
            String shape =
                    String.join("×", block.shape.stream().map(String::valueOf).toList());
            table.append(String.format(Locale.ROOT, row, block.name, shape, block.offset, block.size));
        }
        return table.append(String.format(Locale.ROOT, row, "all", "", "", size))
                .toString();
    }

    /** Adds blocks one behind the other. */
    public static final class Builder {
        private final Map<String, Block> blocks = new LinkedHashMap<>();
        private int size;

        private Builder() {}

        /**
         * Adds a block behind the last.
         *
         * @param name not yet used
         * @param shape length of each dimension, at least one dimension
         * @return this
         * @throws IllegalArgumentException if the name is used, a length negative, or the vector longer than an array can be
         */
        public Builder add(String name, int... shape) {
            if (name == null || name.isEmpty() || blocks.containsKey(name)) {
                throw new IllegalArgumentException("name must be new and not empty, but is " + name);
            }
            if (shape.length == 0) {
                throw new IllegalArgumentException("shape must have a dimension");
            }
            long elements = 1;
            List<Integer> lengths = new ArrayList<>();
            for (int length : shape) {
                if (length < 0) {
                    throw new IllegalArgumentException("shape must not have a negative length, but has " + length);
                }
                lengths.add(length);
                elements *= length;
                if (elements > Integer.MAX_VALUE) {
                    break;
                }
            }
            if (size + elements > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(
                        "shape of " + name + " makes the vector longer than an array can be");
            }
            blocks.put(name, new Block(name, List.copyOf(lengths), size, (int) elements));
            size += (int) elements;
            return this;
        }

        /**
         * Ends the layout.
         *
         * @return all blocks added so far
         */
        public ParameterLayout build() {
            return new ParameterLayout(new LinkedHashMap<>(blocks), size);
        }
    }
}
