package dev.backlane.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.backlane.start.Application.Place;
import dev.backlane.start.Jvms.Ended;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clause 9 in JVMs of their own: whatever they lack, the library runs, computes, and says why it runs as it does. */
@Tag("once")
class StartTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector ";
    private static final String NO_MODULE = "scalar: the module jdk.incubator.vector is not there"
            + " (on the class path, start Java with --add-modules jdk.incubator.vector);";
    private static final String INTERPRETED = "scalar: the JVM only interprets (-Xint);";
    private static final String NO_C2 = "scalar: the C2 compiler is off;";
    private static final String NO_FMA = "scalar: no hardware FMA; no hardware FMA, so bits may differ";
    private static final String UNKNOWN_FLAGS = "the JVM's flags are unknown";
    private static final String CANNOT = " cannot run here: ";

    @TempDir
    private static Path folder;

    private static Jvms jvms;
    private static Application application;
    private static final Map<Start, Future<Ended>> ENDED = new LinkedHashMap<>();

    /**
     * One start of {@link Xor}.
     *
     * @param expected how the line of {@code Backend.describe()} must begin; or what every use is refused with
     */
    record Start(Place place, String flags, String expected) {
        @Override
        public String toString() {
            return place + " " + flags;
        }
    }

    /** Asked of this JVM without the library's help. */
    private static String widest(int limit) {
        boolean fma = Boolean.parseBoolean(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("UseFMA")
                .getValue());
        int bits = Math.min(limit, FloatVector.SPECIES_PREFERRED.vectorBitSize());
        return fma ? "simd" + bits + ": " + bits / 32 + " float lanes, the widest of this JVM;" : NO_FMA;
    }

    static List<Start> starts() {
        List<Start> starts = new ArrayList<>();
        for (Place place : Place.values()) {
            // Each must bring the module by itself, but for the class path.
            String module = place == Place.CLASS_PATH ? MODULE : "";
            starts.add(new Start(place, module, widest(512)));
            starts.add(new Start(place, module + "-Xint", INTERPRETED));
            starts.add(new Start(place, module + "-XX:TieredStopAtLevel=1", NO_C2));
            starts.add(new Start(place, module + "-XX:MaxVectorSize=16", widest(128)));
            starts.add(new Start(
                    place, module + "-XX:-UseFMA", place == Place.IMAGE_WITHOUT_MANAGEMENT ? widest(512) : NO_FMA));
        }
        starts.add(new Start(Place.CLASS_PATH, "", NO_MODULE));
        starts.add(new Start(Place.CLASS_PATH, "-Xint", NO_MODULE));
        String[] more = {
            "-XX:TieredStopAtLevel=3",
            "scalar: the C2 compiler is off (-XX:TieredStopAtLevel);",
            "-XX:CompilationMode=quick-only",
            NO_C2,
            "-XX:-TieredCompilation",
            widest(512),
            "-XX:-UseCompiler",
            "scalar: the compilers are off;",
            "-XX:UseAVX=0",
            NO_FMA,
            "-XX:UseAVX=1",
            widest(128),
            "-XX:UseAVX=2",
            widest(256),
            // Where 256 bits are the JVM's choice on a processor of 512, this asks for 512.
            "-XX:UseAVX=3",
            widest(512).startsWith("simd256") ? "simd" : widest(512),
            "-XX:+UnlockExperimentalVMOptions -XX:-EnableVectorSupport",
            "scalar: the JVM's vector support is off (-XX:-EnableVectorSupport);",
            "-Dbacklane.backend=scalar",
            "scalar: asked for by backlane.backend;",
            "-Dbacklane.backend=scalar -XX:-UseFMA",
            "scalar: asked for by backlane.backend; no hardware FMA, so bits may differ",
        };
        for (int i = 0; i < more.length; i += 2) {
            starts.add(new Start(Place.CLASS_PATH, MODULE + more[i], more[i + 1]));
        }
        if (System.getProperty("os.arch").equals("amd64")) {
            // Elsewhere no vector is that short.
            starts.add(new Start(
                    Place.CLASS_PATH,
                    MODULE + "-XX:MaxVectorSize=8",
                    "scalar: the widest vectors of this JVM have 64 bits;"));
        }
        return starts;
    }

    static List<Start> refusals() {
        String simd256 = "-Dbacklane.backend=simd256";
        String tooWide = "backlane.backend=simd256" + CANNOT + "the widest vectors of this JVM have 128 bits";
        return List.of(
                new Start(
                        Place.CLASS_PATH,
                        simd256,
                        "backlane.backend=simd256" + CANNOT + "the module jdk.incubator.vector is not there"),
                new Start(
                        Place.CLASS_PATH,
                        MODULE + "-Xint " + simd256,
                        "backlane.backend=simd256" + CANNOT + "the JVM only interprets (-Xint)"),
                new Start(Place.CLASS_PATH, MODULE + "-XX:MaxVectorSize=16 " + simd256, tooWide),
                new Start(Place.MODULE_PATH, "-XX:MaxVectorSize=16 " + simd256, tooWide),
                new Start(Place.IMAGE_WITHOUT_MANAGEMENT, "-XX:MaxVectorSize=16 " + simd256, tooWide),
                new Start(
                        Place.CLASS_PATH,
                        MODULE + "-Dbacklane.backend=simd64",
                        "backlane.backend must be auto, scalar, simd128, simd256 or simd512, but is \"simd64\""));
    }

    @BeforeAll
    static void startAll() throws IOException {
        application = new Application(folder);
        jvms = new Jvms(folder);
        starts().forEach(it -> start(it));
        refusals().forEach(it -> start(it, "use"));
    }

    private static void start(Start it, String... args) {
        if (application.exists(it.place)) {
            ENDED.put(it, jvms.start(application.command(it.place, it.flags, args)));
        }
    }

    @AfterAll
    static void stop() {
        jvms.close();
    }

    private static Ended ended(Start it) throws InterruptedException, ExecutionException {
        assumeTrue(application.exists(it.place), "this JDK has no jlink");
        Ended ended = ENDED.get(it).get();
        for (String line : ended.lines()) {
            assumeTrue(!line.startsWith("Unrecognized VM option"), "this JVM has no such flag: " + line);
        }
        return ended;
    }

    @ParameterizedTest
    @MethodSource("starts")
    void contract9ItStartsAndTrainsAndSaysWhatRunsAndWhy(Start it) throws InterruptedException, ExecutionException {
        Ended ended = ended(it);
        assertEquals(0, ended.code(), ended.toString());
        String backend = ended.only("backend: ");
        assertTrue(backend.startsWith(it.expected), it.expected + " was expected of " + ended);
        assertTrue(backend.endsWith(System.getProperty("os.arch")), ended.toString());
        boolean flagsKnown = it.place != Place.IMAGE_WITHOUT_MANAGEMENT;
        assertEquals(flagsKnown, !backend.contains(UNKNOWN_FLAGS), ended.toString());
        String xor = ended.only("xor: ");
        if (backend.contains("bits may differ")) {
            assertTrue(xor.startsWith("true "), ended.toString());
        } else {
            assertEquals("true 669037057", xor, ended.toString());
        }
    }

    /** But for what the JDK's own logger leaves behind when it writes that one line. */
    @ParameterizedTest
    @MethodSource("starts")
    void contract8OneLineIsLoggedWhereTheFastPathIsMissingAndNothingElseIsChanged(Start it)
            throws InterruptedException, ExecutionException {
        Ended ended = ended(it);
        List<String> logged = ended.lines().stream()
                .filter(line -> line.contains("Backlane runs"))
                .toList();
        String changed = ended.only("changed: ");
        if (it.expected.startsWith("scalar: ") && !it.expected.contains("asked for")) {
            assertEquals(1, logged.size(), ended.toString());
            String reason = it.expected.substring("scalar: ".length(), it.expected.indexOf(';'));
            assertTrue(logged.getFirst().endsWith("Backlane runs without SIMD: " + reason), ended.toString());
            changed = changed.replaceFirst("Thread\\[[^]]*Common-Cleaner[^]]*], ", "")
                    .replace("user.timezone", "");
        } else {
            assertEquals(List.of(), logged, ended.toString());
        }
        assertEquals("[]", changed, ended.toString());
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void contract9AForcedBackendThatCannotRunFailsAtEveryUseWithTheReason(Start it)
            throws InterruptedException, ExecutionException {
        Ended ended = ended(it);
        List<String> uses =
                ended.lines().stream().filter(line -> line.startsWith("use: ")).toList();
        assertEquals(4, uses.size(), ended.toString());
        for (String use : uses) {
            assertTrue(use.startsWith("use: java.lang.IllegalStateException: " + it.expected), ended.toString());
        }
    }
}
