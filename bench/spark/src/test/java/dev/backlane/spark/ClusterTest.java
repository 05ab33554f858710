package dev.backlane.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar under spark-submit, in processes of its own: a stand-alone cluster on this machine that loses a worker, and a driver that
 * dies.
 */
@Tag("cluster")
@Timeout(300)
class ClusterTest {
    private static final int EPOCHS = 8;
    private static final Pattern CHECKSUM = Pattern.compile("parameters ([0-9a-f]{8})");

    private static String expected;

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path data;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(folder.resolve("home/jars"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry);
            boolean ours = entry.contains("backlane") || entry.contains("picocli");
            if (entry.endsWith(".jar") && !ours && Files.isRegularFile(jar)) {
                Files.createSymbolicLink(folder.resolve("home/jars").resolve(jar.getFileName()), jar);
            }
        }
        data = Files.createDirectories(folder.resolve("data"));
        writeBars("train", 503, 1);
        writeBars("t10k", 200, 2);
    }

    /** Digit d is a bar in column d, on dirty paper. */
    private void writeBars(String name, int count, long seed) throws IOException {
        Random random = new Random(seed);
        ByteBuffer images = ByteBuffer.allocate(16 + 100 * count)
                .putInt(0x803)
                .putInt(count)
                .putInt(10)
                .putInt(10);
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(10);
            labels.put((byte) label);
            for (int p = 0; p < 100; p++) {
                images.put((byte) (random.nextInt(100) + (p % 10 == label ? 120 : 0)));
            }
        }
        Files.write(data.resolve(name + "-images-idx3-ubyte"), images.array());
        Files.write(data.resolve(name + "-labels-idx1-ubyte"), labels.array());
    }

    @AfterEach
    void end() throws IOException {
        started.forEach(ClusterTest::kill);
        try (Stream<Path> links = Files.list(folder.resolve("home/jars"))) {
            for (Path link : links.toList()) {
                Files.delete(link);
            }
        }
    }

    /** At once, with the executors that a worker has started. */
    private static void kill(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }

    private Process start(String log, String mainClass, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + System.getProperty("java.options"),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
                "-cp",
                folder.resolve("home/jars") + "/*",
                mainClass));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile());
        builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        // What killed processes leave behind is deleted with the folder.
        builder.environment().put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Process submit(String log, String master, String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of("--master", master));
        all.addAll(List.of("--conf", "spark.executor.memory=512m", "--conf", "spark.driver.host=127.0.0.1"));
        all.addAll(List.of("--conf", "spark.ui.enabled=false", "--class", Main.class.getName()));
        all.add(System.getProperty("application.jar"));
        all.addAll(List.of(args));
        return start(log, "org.apache.spark.deploy.SparkSubmit", all.toArray(String[]::new));
    }

    private String[] train(String... more) {
        return Stream.concat(
                        Stream.of("train", "--data", data.toString(), "--partitions", "4", "--batch", "50", "--epochs"),
                        Stream.concat(Stream.of(String.valueOf(EPOCHS), "--network", "20"), Stream.of(more)))
                .toArray(String[]::new);
    }

    /** The same in this process. */
    private String here(String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertEquals(0, Main.run(new PrintWriter(out), new PrintWriter(err), train(more)), err.toString());
        return out.toString();
    }

    /** Of a run to which nothing happens. */
    private String expected() {
        if (expected == null) {
            expected = checksum(here());
        }
        return expected;
    }

    private static String checksum(String output) {
        Matcher matcher = CHECKSUM.matcher(output);
        assertTrue(matcher.find(), output);
        return matcher.group(1);
    }

    private String read(String log) throws IOException {
        return Files.readString(folder.resolve(log));
    }

    private Matcher await(Process process, String log, String pattern) throws IOException, InterruptedException {
        long end = System.nanoTime() + 90_000_000_000L;
        while (System.nanoTime() < end) {
            boolean over = !process.isAlive();
            Matcher matcher = Pattern.compile(pattern).matcher(read(log));
            if (matcher.find()) {
                return matcher;
            }
            assertTrue(!over, () -> "ended without \"" + pattern + "\": " + tail(log));
            Thread.sleep(20);
        }
        throw new AssertionError("no \"" + pattern + "\" in time: " + tail(log));
    }

    private String tail(String log) {
        try {
            String all = read(log);
            return all.substring(Math.max(0, all.length() - 5_000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aClusterThatLosesAWorkerGivesTheBitsOfThisProcess() throws IOException, InterruptedException {
        Process master = start(
                "master",
                "org.apache.spark.deploy.master.Master",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--webui-port",
                "0");
        String url = await(master, "master", "Starting Spark master at (spark://127.0.0.1:\\d+)")
                .group(1);
        List<Process> workers = new ArrayList<>();
        for (String name : List.of("worker1", "worker2")) {
            workers.add(start(
                    name,
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--cores",
                    "1",
                    "--memory",
                    "600m",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    folder.resolve(name + ".work").toString(),
                    url));
        }
        await(workers.get(0), "worker1", "Successfully registered with master");
        await(workers.get(1), "worker2", "Successfully registered with master");

        Process driver = submit("driver", url, train());
        await(driver, "driver", "epoch 2/" + EPOCHS);
        assertEquals(2, executors(), "each worker must have had its share");
        kill(workers.get(0));
        assertEquals(0, driver.waitFor(), () -> tail("driver"));
        String output = read("driver");
        assertTrue(output.contains("Lost executor"), output);
        int lost = output.indexOf("Lost executor");
        assertTrue(lost < output.indexOf("epoch " + EPOCHS + "/"), "the worker must be lost during the training");
        assertEquals(expected(), checksum(output));
    }

    private long executors() throws IOException {
        return Pattern.compile("Granted executor ID")
                .matcher(read("driver"))
                .results()
                .count();
    }

    @Test
    void aRunWhoseDriverDiedGoesOnToTheSameBits() throws IOException, InterruptedException {
        String checkpoints = folder.resolve("checkpoints").toString();
        Process driver = submit("driver", "local[2,4]", train("--checkpoints", checkpoints));
        await(driver, "driver", "epoch 3/" + EPOCHS);
        kill(driver);
        assertNotEquals(0, driver.exitValue());
        assertTrue(!read("driver").contains("epoch " + EPOCHS + "/"), "the driver must have died during the training");
        String resumed = here("--checkpoints", checkpoints);
        assertTrue(resumed.startsWith("going on after epoch ") || resumed.contains("\ngoing on after epoch "), resumed);
        assertTrue(!resumed.contains("epoch 2/"), resumed);
        assertEquals(expected(), checksum(resumed));
    }
}
