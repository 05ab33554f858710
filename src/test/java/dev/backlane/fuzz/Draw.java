package dev.backlane.fuzz;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The choices of one case: each an index into a list whose plainest entry is the first, drawn by its name from the case's seed.
 * So one choice can be set to another index while all others stay: that is how cases shrink and how they are written down.
 */
final class Draw {
    private static final int[] SIZES = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 23, 31, 32, 33, 37, 47, 63, 64, 65, 67, 97, 127, 128,
        129, 131, 193, 255, 256, 257, 263, 385, 401, 513, 770, 1030, 2051
    };
    /** Multiplications of a matrix product: most are small, some of a size that several threads share. */
    private static final int WORK = 30_000;

    private static final int MUCH_WORK = 2_000_000;

    private final long seed;
    private final Map<String, Integer> fixed;
    private final Map<String, Integer> taken = new LinkedHashMap<>();

    Draw(long seed, Map<String, Integer> fixed) {
        this.seed = seed;
        this.fixed = fixed;
    }

    /** A case as a failure prints it: {@code seed,name:index,name:index}. */
    static Draw parse(String text) {
        String[] parts = text.split(",", -1);
        Map<String, Integer> fixed = new LinkedHashMap<>();
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            int colon = part.indexOf(':');
            fixed.put(part.substring(0, colon), Integer.valueOf(part.substring(colon + 1)));
        }
        return new Draw(Long.parseLong(parts[0]), fixed);
    }

    /** The same with one choice set. */
    Draw with(String name, int index) {
        Map<String, Integer> more = new LinkedHashMap<>(fixed);
        more.put(name, index);
        return new Draw(seed, more);
    }

    /** The same without what is set and was not asked for. */
    Draw pruned() {
        Map<String, Integer> asked = new LinkedHashMap<>(fixed);
        asked.keySet().retainAll(taken.keySet());
        return new Draw(seed, asked);
    }

    /** What was chosen, in order. */
    Map<String, Integer> taken() {
        return taken;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(seed);
        fixed.forEach((name, index) -> text.append(',').append(name).append(':').append(index));
        return text.toString();
    }

    SplittableRandom random(String name) {
        return new SplittableRandom(seed + name.hashCode() * 0x9E3779B97F4A7C15L);
    }

    int index(String name, int count) {
        int index = Math.min(count - 1, fixed.getOrDefault(name, random(name).nextInt(count)));
        taken.put(name, index);
        return index;
    }

    boolean flag(String name) {
        return index(name, 2) == 1;
    }

    /** One of the values; those that come more than once are likelier. */
    @SafeVarargs
    final <T> T of(String name, T... values) {
        return values[index(name, values.length)];
    }

    <T> T of(String name, List<T> values) {
        return values.get(index(name, values.size()));
    }

    int size(String name) {
        return SIZES[index(name, SIZES.length)];
    }

    /** As many sizes, whose product is bounded. */
    int[] sizes(String... names) {
        int limit = index("much", 12) == 11 ? MUCH_WORK : WORK;
        int[] at = new int[names.length];
        for (int i = 0; i < at.length; i++) {
            at[i] = index(names[i], SIZES.length);
        }
        while (product(at) > limit) {
            int largest = 0;
            for (int i = 1; i < at.length; i++) {
                largest = at[i] > at[largest] ? i : largest;
            }
            at[largest]--;
        }
        return Arrays.stream(at).map(i -> SIZES[i]).toArray();
    }

    private static long product(int[] at) {
        return Arrays.stream(at).mapToLong(i -> SIZES[i]).reduce(1, (a, b) -> a * b);
    }
}
