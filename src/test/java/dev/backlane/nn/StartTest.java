package dev.backlane.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Vectors;
import dev.backlane.kernel.Workers;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test starts a JVM of its own. */
@Tag("once")
class StartTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    /** What the JVMs run: says what was chosen, trains XOR, says what came out. */
    static final class Xor {
        private Xor() {}

        public static void main(String[] args) {
            if (args.length > 0) {
                for (int i = 0; i < 2; i++) {
                    try {
                        System.out.println(Vectors.sum(1, new float[1], 0));
                    } catch (Throwable e) {
                        System.out.println(e);
                    }
                }
                return;
            }
            System.out.println(Backend.describe());
            float[] x = {0, 0, 0, 1, 1, 0, 1, 1};
            Mlp mlp = Mlp.inputs(2)
                    .dense(8, Activation.TANH)
                    .dense(2, Activation.IDENTITY)
                    .loss(Loss.SOFTMAX_CROSS_ENTROPY);
            Trainer trainer = new Trainer(mlp, new Optimizer.Adam(), new Schedule.Constant(0.05f), 4, 150, 1);
            TrainingState state = trainer.start();
            trainer.train(
                    Workers.caller(), Examples.of(2, x, new int[] {0, 1, 1, 0}), state, new TrainingListener() {});
            float[] y = new float[8];
            mlp.predict(Workers.caller(), 4, x, 0, 2, state.parameters(), 0, mlp.inferenceWorkspace(4), y, 0, 2);
            boolean right = y[0] > y[1] && y[2] < y[3] && y[4] < y[5] && y[6] > y[7];
            System.out.println(right + " " + Arrays.hashCode(state.parameters()));
        }
    }

    private static String where(Class<?> type) {
        return Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }

    private static List<String> start(List<String> flags, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(where(Xor.class) + File.pathSeparator + where(Mlp.class));
        command.add(Xor.class.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        process.waitFor();
        return lines.stream().filter(line -> !line.contains("warning")).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                MODULE,
                MODULE + " -Xint",
                MODULE + " -XX:TieredStopAtLevel=1",
                MODULE + " -XX:TieredStopAtLevel=3",
                MODULE + " -XX:UseAVX=1",
                MODULE + " -XX:MaxVectorSize=16",
                "-Xint -XX:+UseSerialGC",
                MODULE + " -Dbacklane.backend=scalar"
            })
    void contract9StartsAnywhereWithTheSameBits(String flags) throws IOException, InterruptedException {
        List<String> lines = start(
                Arrays.stream(flags.split(" ")).filter(flag -> !flag.isEmpty()).toList());
        assertEquals("true 669037057", lines.get(1), lines.toString());
        boolean slow = !flags.contains(MODULE)
                || flags.contains("-Xint")
                || flags.contains("Tiered")
                || flags.contains("scalar");
        assertTrue(!slow || lines.get(0).startsWith("scalar: "), lines.toString());
    }

    @Test
    void contract9WithoutHardwareFmaItStartsAndSaysSo() throws IOException, InterruptedException {
        List<String> lines = start(List.of(MODULE, "-XX:-UseFMA"));
        assertTrue(lines.get(0).startsWith("scalar: ") && lines.get(0).contains("no hardware FMA"), lines.toString());
        assertTrue(lines.get(1).startsWith("true "), lines.toString());
        List<String> sse = start(List.of(MODULE, "-XX:UseAVX=0"));
        assertTrue(sse.get(0).startsWith("scalar: ") && sse.get(1).startsWith("true "), sse.toString());
        List<String> forced = start(List.of("-Dbacklane.backend=scalar", "-XX:-UseFMA"));
        assertTrue(forced.get(0).contains("bits may differ"), forced.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"simd256", "simd64"})
    void contract9AForcedBackendThatCannotRunFailsAtEveryUseWithTheReason(String backend)
            throws IOException, InterruptedException {
        List<String> lines = start(List.of("-Dbacklane.backend=" + backend), "kernel");
        assertEquals(2, lines.size());
        for (String line : lines) {
            assertTrue(line.startsWith("java.lang.IllegalStateException: backlane.backend"), lines.toString());
        }
    }
}
