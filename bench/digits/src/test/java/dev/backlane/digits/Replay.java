package dev.backlane.digits;

import dev.backlane.kernel.Activation;
import dev.backlane.kernel.Backend;
import dev.backlane.kernel.Workers;
import dev.backlane.nn.Examples;
import dev.backlane.nn.Loss;
import dev.backlane.nn.Mlp;
import dev.backlane.nn.Trainer;
import dev.backlane.nn.TrainingListener;
import dev.backlane.nn.TrainingState;
import dev.backlane.optim.Optimizer;
import dev.backlane.optim.Schedule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

/**
 * Trains 784-30-10 on MNIST, 32 images a step, and prints each step's loss and, every ten steps, a checksum of the parameters.
 * Lines that start with # say where and how. Arguments: number of steps, then numbers of workers, each of which is a run of
 * its own.
 *
 * <p>{@link ReproducibilityTest} compares that, on many JVMs, with what it printed once, from the classes of a build: {@code
 * java --add-modules jdk.incubator.vector -cp target/classes:bench/digits/target/classes:bench/digits/target/test-classes
 * dev.backlane.digits.Replay 200 1 > bench/digits/src/test/resources/dev/backlane/digits/replay.txt}
 */
final class Replay {
    static final int STEPS = 200;
    static final int CHECKED = 10;
    private static final int BATCH = 32;
    private static final int PIXELS = 28 * 28;

    private Replay() {}

    public static void main(String[] args) throws IOException {
        Examples examples = examples(STEPS * BATCH);
        int last = Integer.parseInt(args[0]) * BATCH;
        Mlp mlp = Mlp.inputs(PIXELS)
                .dense(30, Activation.SIGMOID)
                .dense(10, Activation.IDENTITY)
                .loss(Loss.SOFTMAX_CROSS_ENTROPY);
        Trainer trainer = new Trainer(mlp, new Optimizer.Adam(), new Schedule.Cosine(0.01f, 0), BATCH, 1, 1);
        System.out.println("# " + Backend.describe());
        for (int run = 1; run < args.length; run++) {
            System.out.println("# workers: " + args[run]);
            TrainingState state = trainer.start();
            try (Workers workers = Workers.of(Integer.parseInt(args[run]))) {
                trainer.train(workers, examples, state, new TrainingListener() {
                    @Override
                    public boolean onBatch(int epoch, int done, double loss) {
                        System.out.println(loss); // The shortest decimal that stands for these very bits.
                        if (done % (CHECKED * BATCH) == 0) {
                            System.out.println("parameters: " + sha256(state.parameters()));
                        }
                        return done < last;
                    }
                });
            }
        }
    }

    /** The first training images; not by way of {@link Mnist}, whose 60,000 take an interpreter long. */
    private static Examples examples(int count) throws IOException {
        byte[] pixels = content("train-images-idx3-ubyte.gz", 16, count * PIXELS);
        byte[] digits = content("train-labels-idx1-ubyte.gz", 8, count);
        float[] x = new float[pixels.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (pixels[i] & 0xff) * (1 / 255f);
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = digits[i];
        }
        return Examples.of(PIXELS, x, labels);
    }

    private static byte[] content(String name, int header, int length) throws IOException {
        try (InputStream stored = Mnist.class.getResourceAsStream("mnist/" + name);
                InputStream in = new GZIPInputStream(stored)) {
            in.skipNBytes(header);
            return in.readNBytes(length);
        }
    }

    private static String sha256(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(values);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
