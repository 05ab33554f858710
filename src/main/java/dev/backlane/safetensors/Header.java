package dev.backlane.safetensors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What stands in a file's header.
 *
 * @param metadata the entry {@code __metadata__}; empty if there is none
 * @param tensors all others, in the order in which they stand there
 */
record Header(SequencedMap<String, String> metadata, SequencedMap<String, TensorInfo> tensors) {
    /** The entry that is no tensor. */
    static final String METADATA = "__metadata__";

    /** Of a tensor, as in NumPy and PyTorch. */
    static final int MOST_DIMENSIONS = 64;

    private static final List<String> KEYS = List.of("dtype", "shape", "data_offsets");

    /** A header that is not as it must be; becomes a {@link SafetensorsException}. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String problem) {
            super(problem);
        }
    }

    /**
     * Reads a header. The grammar is the format's own and no wider: an object of objects, in which a tensor has its three keys
     * once each, numbers are whole and not negative, and no name comes twice. Behind the object may stand blanks alone.
     *
     * @param text the header
     * @param dataBytes bytes of the file behind it
     * @return what it says, if the tensors cover those bytes exactly
     * @throws Refusal otherwise
     */
    static Header parse(String text, long dataBytes) throws Refusal {
        JsonCursor json = new JsonCursor(text);
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
        if (!text.startsWith("{")) {
            throw new Refusal("the header must start with '{'");
        }
        boolean described = false;
        for (boolean more = json.open('{', '}'); more; more = json.next('}')) {
            String name = json.key();
            if (name.equals(METADATA)) {
                if (described) {
                    throw new Refusal("the name \"" + METADATA + "\" comes twice");
                }
                described = true;
                words(json, metadata);
            } else if (tensors.putIfAbsent(name, tensor(json, name)) != null) {
                throw new Refusal("the name \"" + name + "\" comes twice");
            }
        }
        json.end();
        cover(tensors, dataBytes);
        return new Header(metadata, tensors);
    }

    private static void words(JsonCursor json, Map<String, String> into) throws Refusal {
        for (boolean more = json.open('{', '}'); more; more = json.next('}')) {
            String key = json.key();
            if (into.putIfAbsent(key, json.string()) != null) {
                throw new Refusal("the name \"" + key + "\" comes twice in " + METADATA);
            }
        }
    }

    private static TensorInfo tensor(JsonCursor json, String name) throws Refusal {
        String what = "tensor \"" + name + "\"";
        Dtype dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        for (boolean more = json.open('{', '}'); more; more = json.next('}')) {
            String key = json.key();
            boolean again = switch (key) {
                case "dtype" -> dtype != null;
                case "shape" -> shape != null;
                case "data_offsets" -> offsets != null;
                default -> throw new Refusal(what + " has a key \"" + key + "\", which is none of " + KEYS);
            };
            if (again) {
                throw new Refusal(what + " has its key \"" + key + "\" twice");
            }
            switch (key) {
                case "dtype" -> dtype = dtype(what, json.string());
                case "shape" -> shape = json.naturals();
                default -> offsets = json.naturals();
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw new Refusal(what + " must have the keys " + KEYS);
        }
        if (offsets.size() != 2) {
            throw new Refusal(what + " must have two data_offsets, but has " + offsets);
        }
        TensorInfo info = new TensorInfo(name, dtype, shape, offsets.get(0), offsets.get(1));
        long bytes = bytes(what, info);
        if (info.begin() > info.end() || info.end() - info.begin() != bytes) {
            throw new Refusal(what + " is " + dtype + " " + shape + ", which is " + bytes
                    + " bytes, but its data_offsets are " + offsets);
        }
        return info;
    }

    private static Dtype dtype(String what, String name) throws Refusal {
        return Arrays.stream(Dtype.values())
                .filter(dtype -> dtype.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Refusal(what + " has the unknown dtype \"" + name + "\""));
    }

    private static long bytes(String what, TensorInfo info) throws Refusal {
        long product = info.dtype().bytes();
        try {
            for (long length : info.shape()) {
                product = Math.multiplyExact(product, length);
            }
        } catch (ArithmeticException e) {
            throw new Refusal(what + " has a shape whose size overflows: " + info.shape());
        }
        return product;
    }

    /** Each byte behind the header belongs to one tensor. */
    private static void cover(Map<String, TensorInfo> tensors, long dataBytes) throws Refusal {
        List<TensorInfo> byPlace = new ArrayList<>(tensors.values());
        byPlace.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
        long at = 0;
        String last = "the header";
        for (TensorInfo info : byPlace) {
            String what = "tensor \"" + info.name() + "\"";
            if (info.begin() < at) {
                throw new Refusal(
                        what + " begins at " + info.begin() + " and overlaps " + last + ", which ends at " + at);
            }
            if (info.begin() > at) {
                throw new Refusal("no tensor has the bytes from " + at + " to " + info.begin());
            }
            if (info.end() > dataBytes) {
                throw new Refusal(what + " ends at " + info.end() + ", but the file has " + dataBytes
                        + " bytes behind its header");
            }
            at = info.end();
            last = what;
        }
        if (at != dataBytes) {
            throw new Refusal("no tensor has the bytes from " + at + " to " + dataBytes);
        }
    }
}
