package dev.backlane.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.backlane.nn.TrainingState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    private Path folder;

    private Checkpoints of(String run) throws IOException {
        return new Checkpoints(folder.resolve("run").toString(), new Configuration(), run);
    }

    /** Longer than the buffer, and not a multiple of it. */
    private static TrainingState state(int epoch) {
        float[] parameters = new float[20_001];
        float[] moments = new float[40_002];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = -i * 0.37f;
            parameters[i / 2] = i + epoch;
        }
        parameters[3] = Float.NaN;
        return new TrainingState(parameters, moments, epoch, 100L * epoch);
    }

    private static void assertSame(TrainingState expected, TrainingState found) {
        assertArrayEquals(expected.parameters(), found.parameters());
        assertArrayEquals(expected.optimizerState(), found.optimizerState());
        assertEquals(expected.epoch(), found.epoch());
        assertEquals(expected.step(), found.step());
    }

    @Test
    void theNewestComesBackAndTwoAreKept() throws IOException {
        assertTrue(of("a").latest().isEmpty());
        for (int epoch = 9; epoch < 12; epoch++) {
            of("a").save(state(epoch));
            assertSame(state(epoch), of("a").latest().orElseThrow());
        }
        try (Stream<Path> files = Files.list(folder.resolve("run"))) {
            assertEquals(
                    2,
                    files.filter(f -> f.getFileName().toString().startsWith("epoch-"))
                            .count());
        }
    }

    /** Whatever byte is wrong or missing, with Hadoop's own checksum and without. */
    @Test
    void aDamagedOneIsPassedOver() throws IOException {
        of("a").save(state(1));
        of("a").save(state(2));
        Path newest = folder.resolve("run/epoch-00002");
        byte[] whole = Files.readAllBytes(newest);
        for (boolean hadoops : new boolean[] {true, false}) {
            if (!hadoops) {
                Files.delete(folder.resolve("run/.epoch-00002.crc"));
            }
            for (int at : new int[] {0, 5, 8, 12, 20, 24, 5_000, 200_000, whole.length - 1}) {
                byte[] damaged = whole.clone();
                damaged[at] ^= 0x40;
                Files.write(newest, damaged);
                assertSame(state(1), of("a").latest().orElseThrow());
            }
            for (int length : new int[] {0, 3, 11, 1_000, whole.length - 1}) {
                Files.write(newest, Arrays.copyOf(whole, length));
                assertSame(state(1), of("a").latest().orElseThrow());
            }
            Files.write(newest, whole);
            assertSame(state(2), of("a").latest().orElseThrow());
        }
    }

    /** Whatever a file says under a checksum that agrees: a state, an older one, or a refusal, in memory of the file's own size. */
    @Test
    void aForgedOneDoesNoHarm() throws IOException {
        of("a").save(state(1));
        of("a").save(state(2));
        Path newest = folder.resolve("run/epoch-00002");
        Files.delete(folder.resolve("run/.epoch-00002.crc"));
        byte[] whole = Files.readAllBytes(newest);
        int[] numbers = {0, 1, -1, 1 << 16, Integer.MAX_VALUE, Integer.MIN_VALUE, whole.length / 4, whole.length};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int passedOver = 0;
        for (int seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] forged =
                    Arrays.copyOf(whole, random.nextInt(4) > 0 ? whole.length : 8 + random.nextInt(whole.length));
            ByteBuffer buffer = ByteBuffer.wrap(forged);
            // Magic number, name, epoch, step and first length take 27 bytes.
            for (int change = 0; change < 2 && forged.length > 12; change++) {
                int at = random.nextInt(Math.min(forged.length - 11, random.nextBoolean() ? 28 : Integer.MAX_VALUE));
                switch (random.nextInt(3)) {
                    case 0 -> buffer.put(at, (byte) random.nextInt());
                    case 1 -> buffer.putInt(at, numbers[random.nextInt(numbers.length)]);
                    default -> buffer.putShort(at, (short) random.nextInt());
                }
            }
            CRC32 crc = new CRC32();
            crc.update(forged, 0, forged.length - 8);
            buffer.putLong(forged.length - 8, crc.getValue());
            Files.write(newest, forged);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                passedOver += of("a").latest().orElseThrow().epoch() == 1 ? 1 : 0;
            } catch (IOException e) {
                assertTrue(e.getMessage().contains("of another run"), e.getMessage());
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 20_000_000 + 8L * whole.length, "seed " + seed + " allocated " + allocated);
        }
        assertTrue(passedOver > 50);
    }

    /** A run of whose states none is whole starts again, and what it then stores is not taken for old. */
    @Test
    void aRunThatStartsAgainIsNotDiscardedForDamagedNewerOnes() throws IOException {
        for (int epoch = 8; epoch < 10; epoch++) {
            of("a").save(state(epoch));
            Files.write(folder.resolve("run/epoch-0000" + epoch), new byte[7]);
        }
        of("a").save(state(1));
        assertSame(state(1), of("a").latest().orElseThrow());
    }

    @Test
    void epochsAreOrderedAsNumbers() throws IOException {
        of("a").save(state(99_999));
        of("a").save(state(100_000));
        assertSame(state(100_000), of("a").latest().orElseThrow());
    }

    @Test
    void anotherRunsIsRefusedAndNotOverwritten() throws IOException {
        of("seed 1").save(state(1));
        String message =
                assertThrows(IOException.class, () -> of("seed 2").latest()).getMessage();
        assertTrue(message.contains("of another run: seed 1; this one is: seed 2"), message);
        assertFalse(of("seed 1").latest().isEmpty());
    }
}
