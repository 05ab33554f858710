package dev.backlane.suite;

import dev.backlane.check.Mode;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every registered kernel, in every mode that applies to it. */
@Domain(BacklaneDomain.class)
class KernelGradientsTest {
    /** One tail, no tail, and padding. */
    private static final List<Shape> FIXED = List.of(new Shape(3, 7, 17, 1, 2, 1), new Shape(2, 5, 16, 0, 0, 2));

    /** On ordinary numbers every derivative must be certified: a check that cannot tell fails this test, too. */
    @TestFactory
    Stream<DynamicTest> passes() {
        return Registry.ENTRIES.stream()
                .flatMap(entry -> entry.modes().stream()
                        .map(mode -> DynamicTest.dynamicTest(entry + ", " + mode, () -> {
                            for (Shape shape : FIXED) {
                                var report = Judge.run(entry.build().of(shape, Terrain.ORDINARY), mode);
                                Judge.passes(entry + " " + shape, report, entry.flat());
                            }
                        })));
    }

    @Property(tries = 5)
    void isNotWrongAnywhere(@ForAll Shape shape, @ForAll Terrain terrain) {
        for (Entry entry : Registry.ENTRIES) {
            for (Mode mode : entry.modes()) {
                if (terrain.suits(mode)) {
                    Judge.isNotWrong(
                            entry + " " + shape + " " + terrain,
                            Judge.run(entry.build().of(shape, terrain), mode, terrain));
                }
            }
        }
    }
}
