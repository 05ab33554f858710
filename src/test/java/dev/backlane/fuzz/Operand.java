package dev.backlane.fuzz;

/**
 * An array argument of a kernel, without the gaps around it.
 *
 * @param index its place among the case's operands
 * @param name as in the kernel's signature
 * @param form how the signature lists it
 * @param role what the kernel does with it
 * @param rows rows, 1 for a vector
 * @param cols columns
 * @param values what it holds before the call, row after row; null where the argument is null
 * @param step what follows the offset of a {@link Form#STEPPED} one
 * @param inPlaceOf the input in whose place it may lie as well, or null
 */
record Operand(
        int index, String name, Form form, Role role, int rows, int cols, float[] values, int step, Operand inPlaceOf) {
    enum Form {
        /** Array, offset, leading dimension. */
        MATRIX,
        /** Array, offset. */
        VECTOR,
        /** Array, offset, step. */
        STEPPED,
        /** Array of int, offset. */
        INTS
    }

    enum Role {
        READ,
        /** What it held must not matter. */
        OVERWRITTEN,
        UPDATED
    }

    boolean written() {
        return role != Role.READ;
    }

    float get(int i, int j) {
        return values[i * cols + j];
    }

    @Override
    public String toString() {
        return values == null ? name + " null" : name + ' ' + rows + '×' + cols;
    }
}
