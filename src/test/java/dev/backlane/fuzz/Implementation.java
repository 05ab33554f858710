package dev.backlane.fuzz;

import dev.backlane.fuzz.Operand.Form;
import dev.backlane.fuzz.Operand.Role;
import dev.backlane.fuzz.Verdict.Failure;
import dev.backlane.kernel.Gemm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One backend, in a class loader of its own, so that all of them run in one JVM: each has its own {@code Backend} and its own
 * vector species. Lays out a case's arrays, calls the kernel, and looks at all that it must not have touched.
 */
final class Implementation implements AutoCloseable {
    private static final String KERNELS = "dev.backlane.kernel.";
    /** A NaN that no arithmetic yields. */
    private static final int CANARY = 0x7fc0_cafe;

    private static final int INT_CANARY = -0x35014542;

    final String name;
    private final ClassLoader loader;
    private final Map<String, Method> kernels;
    private final Map<String, Object> activations = new HashMap<>();
    private final Object[] workers;

    private Implementation(String name, ClassLoader loader) throws ReflectiveOperationException {
        this.name = name;
        this.loader = loader;
        kernels = kernels(loader);
        Class<?> type = loader.loadClass(KERNELS + "Workers");
        Method of = type.getMethod("of", int.class);
        workers = new Object[] {
            type.getMethod("caller").invoke(null), of.invoke(null, 2), of.invoke(null, 3), of.invoke(null, 5)
        };
    }

    /** Scalar, 128, 256 and 512 bits, emulated where the processor lacks them. */
    static List<Implementation> all() {
        List<Implementation> all = new ArrayList<>();
        for (String name : List.of("scalar", "simd128", "simd256", "simd512")) {
            all.add(load(name));
        }
        return all;
    }

    /** Ends the threads. */
    @Override
    public void close() {
        for (Object some : workers) {
            try {
                some.getClass().getMethod("close").invoke(some);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A backend reads its properties once, when its classes are initialised. */
    private static Implementation load(String name) {
        Map<String, String> wanted = Map.of("backlane.backend", name, "backlane.emulate", "true");
        Map<String, String> before = new HashMap<>();
        wanted.forEach((key, value) -> before.put(key, System.setProperty(key, value)));
        try {
            URL classes = Gemm.class.getProtectionDomain().getCodeSource().getLocation();
            ClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
            Object runs =
                    loader.loadClass(KERNELS + "Backend").getMethod("name").invoke(null);
            if (!runs.equals(name)) {
                throw new IllegalStateException(runs + " runs in place of " + name);
            }
            return new Implementation(name, loader);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        } finally {
            before.forEach((key, value) -> {
                if (value == null) {
                    System.clearProperty(key);
                } else {
                    System.setProperty(key, value);
                }
            });
        }
    }

    /** Every public static method of a public class of the package that takes a float array. */
    static Map<String, Method> kernels(ClassLoader loader) {
        Map<String, Method> kernels = new TreeMap<>();
        try {
            Path root = Path.of(Gemm.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            try (Stream<Path> files = Files.list(root.resolve(KERNELS.replace('.', '/')))) {
                for (Path file : files.toList()) {
                    String simple = file.getFileName().toString().replace(".class", "");
                    if (simple.contains("$") || simple.equals("package-info")) {
                        continue;
                    }
                    Class<?> type = Class.forName(KERNELS + simple, false, loader);
                    for (Method method : Modifier.isPublic(type.getModifiers()) ? type.getMethods() : new Method[0]) {
                        List<Class<?>> parameters = Arrays.asList(method.getParameterTypes());
                        if (Modifier.isStatic(method.getModifiers()) && parameters.contains(float[].class)) {
                            String labels = parameters.contains(int[].class) ? "(int[])" : "";
                            kernels.put(simple + '.' + method.getName() + labels, method);
                        }
                    }
                }
            }
        } catch (java.io.IOException | URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return kernels;
    }

    /** Where an operand lies. */
    private record Place(Object array, int offset, int ld) {
        int at(Operand operand, int i) {
            return offset + i / operand.cols() * ld + i % operand.cols();
        }
    }

    /** Each array as short as can be, all apart, on the calling thread. */
    Verdict plain(Case it) {
        return run(it, it.operands().stream().map(o -> place(o, 0, o.cols(), 0)).toArray(Place[]::new), workers[0]);
    }

    /** Offsets, gaps, threads and what lies in place of what are drawn. */
    Verdict drawn(Case it) {
        Draw draw = it.draw;
        Place[] places = new Place[it.operands().size()];
        boolean elsewhere = draw.index(name + ".elsewhere", 4) > 0;
        for (Operand o : it.operands()) {
            String at = name + '.' + o.name();
            if (o.inPlaceOf() != null && draw.flag(at + ".inPlace")) {
                places[o.index()] = places[o.inPlaceOf().index()];
            } else if (!elsewhere) {
                places[o.index()] = place(o, 0, o.cols(), 0);
            } else {
                int offset = draw.of(at + ".offset", 0, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31);
                boolean gaps = o.form() == Form.MATRIX && o.rows() * o.cols() < 5000;
                int gap = gaps ? draw.of(at + ".gap", 0, 0, 1, 2, 3, 5, 8, 16, 61, 1024) : 0;
                int behind = draw.of(at + ".behind", 0, 1, 40);
                places[o.index()] = place(o, offset, o.cols() + gap, behind);
            }
        }
        int threads = it.takesWorkers() ? draw.index(name + ".threads", workers.length) : 0;
        return run(it, places, workers[threads]);
    }

    private static Place place(Operand o, int offset, int stride, int behind) {
        if (o.values() == null) {
            return new Place(null, 0, 0);
        }
        int ld = Math.max(1, stride);
        int extent = o.rows() == 0 || o.cols() == 0 ? 0 : (o.rows() - 1) * ld + o.cols();
        int length = offset + extent + behind;
        if (o.form() == Form.INTS) {
            int[] array = new int[length];
            Arrays.fill(array, INT_CANARY);
            Place place = new Place(array, offset, ld);
            for (int i = 0; i < o.values().length && o.role() != Role.OVERWRITTEN; i++) {
                array[place.at(o, i)] = (int) o.values()[i];
            }
            return place;
        }
        float[] array = new float[length];
        Arrays.fill(array, Float.intBitsToFloat(CANARY));
        Place place = new Place(array, offset, ld);
        for (int i = 0; i < o.values().length; i++) {
            array[place.at(o, i)] = o.values()[i];
        }
        return place;
    }

    private Verdict run(Case it, Place[] places, Object threads) {
        List<Object> arguments = new ArrayList<>();
        for (Object argument : it.arguments()) {
            if (argument == Case.WORKERS) {
                arguments.add(threads);
            } else if (argument instanceof Case.Function f) {
                arguments.add(activations.computeIfAbsent(f.name(), this::activation));
            } else if (argument instanceof Operand o) {
                Place place = places[o.index()];
                arguments.add(place.array);
                arguments.add(place.offset);
                if (o.form() == Form.MATRIX) {
                    arguments.add(place.ld);
                } else if (o.form() == Form.STEPPED) {
                    arguments.add(o.step());
                }
            } else {
                arguments.add(argument);
            }
        }
        Object returned;
        try {
            returned = kernels.get(it.kernel).invoke(null, arguments.toArray());
        } catch (InvocationTargetException e) {
            throw new Failure(name + " throws " + e.getCause(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        float[][] results = new float[places.length][];
        for (Operand o : it.operands()) {
            if (o.values() != null) {
                results[o.index()] = collect(it, o, places);
            }
        }
        return new Verdict(results, returned);
    }

    private Object activation(String text) {
        try {
            return loader.loadClass(KERNELS + "Activation")
                    .getMethod("of", String.class)
                    .invoke(null, text);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The operand after the call; all around it, and what is only read, must have the bits of before. */
    private float[] collect(Case it, Operand o, Place[] places) {
        Place place = places[o.index()];
        Place before = place(o, place.offset, place.ld, 0);
        boolean written = it.operands().stream().anyMatch(other -> other.written() && places[other.index()] == place);
        float[] values = new float[o.values().length];
        boolean[] inside = new boolean[length(place.array)];
        for (int i = 0; i < values.length; i++) {
            int at = place.at(o, i);
            inside[at] = true;
            values[i] = place.array instanceof int[] ints ? ints[at] : ((float[]) place.array)[at];
            if (!written && bits(place.array, at) != bits(before.array, at)) {
                throw new Failure(o.name() + '[' + i + "] was written by " + name);
            }
        }
        int canary = place.array instanceof int[] ? INT_CANARY : CANARY;
        for (int at = 0; at < inside.length; at++) {
            if (!inside[at] && bits(place.array, at) != canary) {
                throw new Failure(name + " wrote outside " + o + ", at " + at + " (offset " + place.offset + ", ld "
                        + place.ld + ')');
            }
        }
        return values;
    }

    private static int length(Object array) {
        return array instanceof int[] ints ? ints.length : ((float[]) array).length;
    }

    private static int bits(Object array, int at) {
        return array instanceof int[] ints ? ints[at] : Float.floatToRawIntBits(((float[]) array)[at]);
    }
}
