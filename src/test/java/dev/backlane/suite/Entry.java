package dev.backlane.suite;

import dev.backlane.check.GradientCheck;
import dev.backlane.check.Mode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One differentiable kernel, or a pair that belongs together, in the form that the checker can run.
 *
 * @param name what failures are reported under
 * @param covers the public kernels that it calls and whose derivative it checks, and the activation or loss, by name
 * @param withoutJvp why it has no forward mode; null if it has
 * @param flat whether a derivative may rightly be zero everywhere
 * @param build makes the check of a case
 */
record Entry(String name, Set<String> covers, String withoutJvp, boolean flat, Build build) {
    interface Build {
        GradientCheck of(Shape shape, Terrain terrain);
    }

    List<Mode> modes() {
        return Stream.of(Mode.values())
                .filter(mode -> mode != Mode.ADJOINT || withoutJvp == null)
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
