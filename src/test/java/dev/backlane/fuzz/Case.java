package dev.backlane.fuzz;

import dev.backlane.fuzz.Operand.Form;
import dev.backlane.fuzz.Operand.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One call of a kernel, still without a backend, threads and a place for its arrays; and what it must give. */
final class Case {
    /** Stands for the workers among the arguments. */
    static final Object WORKERS = new Object() {
        @Override
        public String toString() {
            return "workers";
        }
    };

    /** Stands for an activation among the arguments, which every backend has as a class of its own. */
    record Function(String name) {
        @Override
        public String toString() {
            return name;
        }
    }

    final String kernel;
    final Draw draw;
    private final Numbers numbers;
    private final List<Operand> operands = new ArrayList<>();
    private List<Object> arguments = List.of();
    private Consumer<Verdict> oracle = verdict -> {};

    Case(String kernel, Draw draw) {
        this.kernel = kernel;
        this.draw = draw;
        numbers = draw.of(
                "numbers",
                Numbers.ORDINARY,
                Numbers.ORDINARY,
                Numbers.ORDINARY,
                Numbers.WHOLE,
                Numbers.LARGE,
                Numbers.SPRINKLED,
                Numbers.SPRINKLED,
                Numbers.SPRINKLED,
                Numbers.TINY,
                Numbers.WIDE,
                Numbers.WIDE,
                Numbers.SPECIAL,
                Numbers.SPECIAL);
    }

    Operand matrix(String name, Role role, int rows, int cols) {
        return add(name, Form.MATRIX, role, rows, cols, values(name, role, rows * cols), 0, null);
    }

    /** A matrix of given numbers. */
    Operand matrix(String name, Role role, int rows, int cols, float[] values) {
        return add(name, Form.MATRIX, role, rows, cols, values, 0, null);
    }

    Operand vector(String name, Role role, int n) {
        return add(name, Form.VECTOR, role, 1, n, values(name, role, n), 0, null);
    }

    /** A vector of given numbers. */
    Operand vector(String name, Role role, float[] values) {
        return add(name, Form.VECTOR, role, 1, values.length, values, 0, null);
    }

    Operand stepped(String name, int n, int step) {
        int length = step == 0 ? Math.min(1, n) : n;
        return add(name, Form.STEPPED, Role.READ, 1, length, values(name, Role.READ, length), step, null);
    }

    Operand ints(String name, Role role, int[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values[i];
        }
        return add(name, Form.INTS, role, 1, values.length, floats, 0, null);
    }

    /** Of the same shape and form as an input, and sometimes in its place. */
    Operand inPlace(String name, Operand input) {
        Form form = input.form() == Form.MATRIX ? Form.MATRIX : Form.VECTOR;
        float[] values = values(name, Role.OVERWRITTEN, input.rows() * input.cols());
        return add(name, form, Role.OVERWRITTEN, input.rows(), input.cols(), values, 0, input);
    }

    /** An updated vector: sometimes with the numbers of the input, and then sometimes in its place. */
    Operand updatedInPlace(String name, Operand input) {
        boolean same = draw.index(name + "=" + input.name(), 3) == 2;
        float[] values = same ? input.values().clone() : values(name, Role.UPDATED, input.cols());
        return add(name, Form.VECTOR, Role.UPDATED, 1, input.cols(), values, 0, same ? input : null);
    }

    /** An argument that is null. */
    Operand none(String name, Form form) {
        return add(name, form, Role.READ, 0, 0, null, 0, null);
    }

    private Operand add(
            String name, Form form, Role role, int rows, int cols, float[] values, int step, Operand inPlaceOf) {
        Operand operand = new Operand(operands.size(), name, form, role, rows, cols, values, step, inPlaceOf);
        operands.add(operand);
        return operand;
    }

    /** The case's numbers; NaN where they shall not matter. */
    float[] values(String name, Role role, int n) {
        if (role == Role.OVERWRITTEN) {
            float[] junk = new float[n];
            Arrays.fill(junk, Float.NaN);
            return junk;
        }
        return numbers.fill(draw.random("values of " + name), n);
    }

    /** In the order of the signature; an operand stands for all that belongs to it. */
    Case arguments(Object... all) {
        arguments = List.of(all);
        return this;
    }

    Case expect(Consumer<Verdict> check) {
        oracle = check;
        return this;
    }

    List<Operand> operands() {
        return operands;
    }

    List<Object> arguments() {
        return arguments;
    }

    boolean takesWorkers() {
        return arguments.contains(WORKERS);
    }

    void judge(Verdict verdict) {
        oracle.accept(verdict);
    }

    @Override
    public String toString() {
        return kernel + arguments.stream().map(Object::toString).collect(Collectors.joining(", ", "(", ")")) + " of "
                + numbers.name().toLowerCase(java.util.Locale.ROOT) + " numbers";
    }
}
