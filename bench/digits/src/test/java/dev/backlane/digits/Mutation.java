package dev.backlane.digits;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Spoils valid files, as chance and malice would. */
final class Mutation {
    private static final List<String> SCRAPS = List.of(
            "[".repeat(20_000),
            "{\"a\":".repeat(20_000),
            "\"",
            "\\ud800",
            "\\u0000",
            "9223372036854775807",
            "9223372036854775808",
            "-1",
            "1e308",
            "0x7f",
            "99".repeat(5_000),
            ",\"shape\":[1]",
            "\"layer0.bias\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},",
            "\"__metadata__\":{},",
            "--network 2147483647",
            "@/etc/passwd",
            "NaN");
    private static final long[] LENGTHS = {
        0, 1, -1, 127, 255, 1 << 16, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 99_999_999
    };

    private Mutation() {}

    /** One to four changes, one upon the other. */
    static byte[] of(byte[] valid, byte[] other, SplittableRandom random) {
        byte[] bytes = valid;
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            bytes = once(bytes, other, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, byte[] other, SplittableRandom random) {
        int n = bytes.length;
        int at = random.nextInt(n + 1);
        int to = at + random.nextInt(Math.min(n - at, 64) + 1);
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise); // hardly ever UTF-8
        return switch (random.nextInt(9)) {
            case 0 -> flip(bytes, random);
            case 1 -> Arrays.copyOf(bytes, at);
            case 2 -> splice(bytes, at, to, new byte[0]);
            case 3 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            case 4 -> splice(bytes, at, to, noise);
            case 5 -> splice(bytes, n, n, noise);
            case 6 -> splice(bytes, at, to, slice(other, random));
            case 7 ->
                splice(
                        bytes,
                        at,
                        random.nextBoolean() ? at : to,
                        SCRAPS.get(random.nextInt(SCRAPS.size())).getBytes(StandardCharsets.US_ASCII));
            default -> length(bytes, random);
        };
    }

    private static byte[] flip(byte[] bytes, SplittableRandom random) {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
            // Headers are short, so every other flip is there.
            int reach = random.nextBoolean() ? flipped.length : Math.min(flipped.length, 24);
            flipped[random.nextInt(reach)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] slice(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length + 1);
        return Arrays.copyOfRange(bytes, from, from + random.nextInt(bytes.length - from + 1));
    }

    private static byte[] splice(byte[] bytes, int at, int to, byte[] into) {
        return ByteBuffer.allocate(bytes.length - (to - at) + into.length)
                .put(bytes, 0, at)
                .put(into)
                .put(bytes, to, bytes.length - to)
                .array();
    }

    /** A field of 4 or 8 bytes near the beginning is a number that makes trouble. */
    private static byte[] length(byte[] bytes, SplittableRandom random) {
        long value = LENGTHS[random.nextInt(LENGTHS.length)];
        boolean wide = random.nextBoolean();
        int size = wide ? 8 : 4;
        byte[] changed = Arrays.copyOf(bytes, Math.max(bytes.length, size));
        ByteBuffer buffer = ByteBuffer.wrap(changed)
                .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .position(4 * random.nextInt(Math.min(5, (changed.length - size) / 4 + 1)));
        if (wide) {
            buffer.putLong(value);
        } else {
            buffer.putInt((int) value);
        }
        return changed;
    }
}
