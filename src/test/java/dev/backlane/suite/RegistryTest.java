package dev.backlane.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.check.GradientCheck;
import dev.backlane.check.Mode;
import dev.backlane.kernel.Activation.Kind;
import dev.backlane.kernel.Gemm;
import dev.backlane.nn.Loss;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Fails when a public kernel, an activation or a loss is new and the suite does not know it. */
class RegistryTest {
    private static final Set<String> COVERED = covered();

    private static Set<String> covered() {
        Set<String> covered = new TreeSet<>();
        Registry.ENTRIES.forEach(entry -> covered.addAll(entry.covers()));
        return covered;
    }

    /** {@code Gemm.sgemm}; one that takes labels says so, since losses have an overload for them. */
    private static String key(Method method) {
        boolean labels = Arrays.asList(method.getParameterTypes()).contains(int[].class);
        return method.getDeclaringClass().getSimpleName() + "." + method.getName() + (labels ? "(int[])" : "");
    }

    private static Set<String> publicKernels() throws IOException, URISyntaxException, ReflectiveOperationException {
        Path root = Path.of(
                Gemm.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Set<String> keys = new TreeSet<>();
        try (Stream<Path> files = Files.list(root.resolve("dev/backlane/kernel"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.contains("$") && !name.equals("package-info.class")) {
                    Class<?> type = Class.forName(
                            "dev.backlane.kernel." + name.substring(0, name.length() - 6),
                            false,
                            Gemm.class.getClassLoader());
                    if (Modifier.isPublic(type.getModifiers())) {
                        Stream.of(type.getDeclaredMethods())
                                .filter(m -> Modifier.isPublic(m.getModifiers()) && Modifier.isStatic(m.getModifiers()))
                                .forEach(m -> keys.add(key(m)));
                    }
                }
            }
        }
        return keys;
    }

    @Test
    void everyPublicKernelIsRegisteredOrExcused() throws Exception {
        Set<String> known = new TreeSet<>(Registry.NO_GRADIENT.keySet());
        COVERED.stream().filter(name -> name.contains(".")).forEach(known::add);
        assertEquals(known, publicKernels(), "Registry (first) and the public kernels (second) differ");
    }

    @Test
    void nothingIsBothRegisteredAndExcused() {
        Set<String> both = new TreeSet<>(Registry.NO_GRADIENT.keySet());
        both.retainAll(COVERED);
        assertEquals(Set.of(), both);
    }

    @Test
    void everyActivationIsRegisteredInEachKernelThatTakesOne() {
        for (Kind kind : Kind.values()) {
            for (String kernel : Set.of("Activations ", "Dense ", "secondDerivative ")) {
                assertTrue(COVERED.contains(kernel + kind), kernel + kind);
            }
        }
    }

    @Test
    void everyLossIsRegistered() {
        for (Loss loss : Loss.values()) {
            assertTrue(COVERED.contains("Loss " + loss), loss.toString());
        }
    }

    @Test
    void whatHasNoForwardModeSaysWhyAndOnlyThat() {
        for (Entry entry : Registry.ENTRIES) {
            GradientCheck check = entry.build()
                    .of(new Shape(1, 2, 3, 0, 0, 1), Terrain.ORDINARY)
                    .mode(Mode.ADJOINT);
            if (entry.withoutJvp() == null) {
                check.check();
            } else {
                assertThrows(IllegalArgumentException.class, check::check, entry.name());
            }
        }
    }
}
