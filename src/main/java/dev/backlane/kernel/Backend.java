package dev.backlane.kernel;

import java.util.Locale;

/**
 * Which implementation of the kernels runs in this process: plain Java ({@code scalar}) or the Vector API at one width
 * ({@code simd128}, {@code simd256}, {@code simd512}). Chosen once, at first use; all give the same bits.
 *
 * <p>By default the widest shape that the JVM compiles to instructions is taken, and the scalar code where there is none:
 * without the module {@code jdk.incubator.vector}, without the C2 compiler (the interpreter and C1 run the Vector API a
 * hundred times slower than plain code), without hardware FMA, or on a JVM that is not HotSpot.
 *
 * <p>System properties, read once:
 *
 * <ul>
 *   <li>{@code backlane.backend} = {@code auto} (default), {@code scalar}, {@code simd128}, {@code simd256} or {@code
 *       simd512}. A choice that this JVM cannot honour fails at first use, with an {@link IllegalStateException} that
 *       says why.
 *   <li>{@code backlane.emulate} = {@code true} lets a forced SIMD backend run where the JVM must emulate it, hundreds of
 *       times slower: for tests of a width that the processor lacks.
 * </ul>
 */
public final class Backend {
    /** Whether {@link Math#fma(float, float, float)} is an instruction here; see {@link Fma}. */
    static final boolean HARDWARE_FMA = JvmTraits.hardwareFma();

    private static final Choice CHOICE = choose(
            System.getProperty("backlane.backend", "auto"),
            Boolean.getBoolean("backlane.emulate"),
            JvmTraits.obstacle(),
            JvmTraits.widestBits());

    private Backend() {}

    /**
     * What runs, and why, in one line: for instance {@code simd256: 8 float lanes, the widest of this JVM; OpenJDK 64-Bit
     * Server VM 25.0.3+9-LTS, amd64}.
     *
     * @return the line
     * @throws IllegalStateException if {@code backlane.backend} asks for what this JVM cannot run
     */
    public static String describe() {
        String fma = HARDWARE_FMA ? "" : "; no hardware FMA, so bits may differ from those of other machines";
        String flags = JvmTraits.flagsKnown()
                ? ""
                : "; the JVM's flags are unknown (no module jdk.management), so fused arithmetic is taken for granted";
        return name() + ": " + CHOICE.reason + fma + flags + "; " + JvmTraits.vm();
    }

    /**
     * The name of what runs: {@code scalar}, {@code simd128}, {@code simd256} or {@code simd512}.
     *
     * @return the name
     * @throws IllegalStateException if {@code backlane.backend} asks for what this JVM cannot run
     */
    public static String name() {
        return bits() == 0 ? "scalar" : "simd" + CHOICE.bits;
    }

    /** Vector width in bits, 0 for scalar. */
    static int bits() {
        // Thrown here and not from a static initialiser, so that every use gets the sentence and none a
        // NoClassDefFoundError.
        if (CHOICE.error != null) {
            throw new IllegalStateException(CHOICE.error);
        }
        return CHOICE.bits;
    }

    /** Whether there are 32 vector registers (AVX-512 at any width, AArch64) and not 16. */
    static boolean manyRegisters() {
        return bits() > 256 || JvmTraits.widestBits() > 256 || !JvmTraits.x86();
    }

    /**
     * What was chosen: the width (0 for scalar) and the reason, or the error that every use reports; and whether the fast path
     * was wanted and is not there.
     */
    record Choice(int bits, String reason, String error, boolean degraded) {}

    /** A pure function of what was asked and of what this JVM is, so that tests can ask for any of them. */
    static Choice choose(String wanted, boolean emulate, String obstacle, int widestBits) {
        return switch (wanted.toLowerCase(Locale.ROOT)) {
            case "auto" -> automatic(obstacle, Math.min(widestBits, 512));
            case "scalar" -> new Choice(0, "asked for by backlane.backend", null, false);
            case "simd128" -> forced(128, wanted, emulate, obstacle, widestBits);
            case "simd256" -> forced(256, wanted, emulate, obstacle, widestBits);
            case "simd512" -> forced(512, wanted, emulate, obstacle, widestBits);
            default ->
                new Choice(
                        0,
                        "",
                        "backlane.backend must be auto, scalar, simd128, simd256 or simd512, but is \"" + wanted + '"',
                        false);
        };
    }

    private static Choice automatic(String obstacle, int bits) {
        return obstacle != null
                ? new Choice(0, obstacle, null, true)
                : new Choice(bits, bits / 32 + " float lanes, the widest of this JVM", null, false);
    }

    private static Choice forced(int bits, String wanted, boolean emulate, String obstacle, int widestBits) {
        String lack = obstacle != null
                ? obstacle
                : bits > widestBits ? "the widest vectors of this JVM have " + widestBits + " bits" : null;
        // Without the module there is nothing to emulate with.
        if (lack != null && (!emulate || widestBits == 0)) {
            return new Choice(0, "", "backlane.backend=" + wanted + " cannot run here: " + lack, false);
        }
        String how = lack == null ? "" : ", emulated: " + lack;
        return new Choice(bits, bits / 32 + " float lanes, asked for by backlane.backend" + how, null, false);
    }

    static {
        if (CHOICE.degraded()) {
            System.getLogger("dev.backlane")
                    .log(System.Logger.Level.WARNING, "Backlane runs without SIMD: {0}", CHOICE.reason);
        }
    }
}
