package dev.backlane.bench;

import dev.backlane.kernel.Backend;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Describes what a run ran on: figures without it mean nothing. */
final class Machine {
    private Machine() {}

    /** Name and value of everything that may matter, in order. */
    static Map<String, String> describe(List<String> jvmArguments) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("date", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
        facts.put("processor", processor());
        facts.put("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        read("/sys/devices/system/cpu/cpu0/cache/index0/size").ifPresent(size -> facts.put("L1 data cache", size));
        read("/sys/devices/system/cpu/cpu0/cache/index2/size").ifPresent(size -> facts.put("L2 cache", size));
        read("/sys/devices/system/cpu/cpu0/cache/index3/size").ifPresent(size -> facts.put("L3 cache", size));
        read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").ifPresent(name -> facts.put("governor", name));
        read("/sys/kernel/mm/transparent_hugepage/enabled").ifPresent(mode -> facts.put("huge pages", mode));
        facts.put(
                "system",
                System.getProperty("os.name") + ' '
                        + System.getProperty("os.version").replaceAll("-.*", "") + ", "
                        + System.getProperty("os.arch"));
        facts.put(
                "load at the start",
                String.valueOf(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        facts.put("JDK", System.getProperty("java.vendor.version", "") + ' ' + Runtime.version());
        facts.put("JVM arguments", String.join(" ", jvmArguments));
        facts.put("backend", backend(jvmArguments));
        System.getenv().forEach((name, value) -> {
            if (name.matches("(OMP|GOMP|OPENBLAS|DNNL|ONEDNN|MKL|KMP)_.*")) {
                facts.put("environment " + name, value);
            }
        });
        return facts;
    }

    /** What a measured JVM runs: its flags may choose another backend than this JVM's. */
    private static String backend(List<String> jvmArguments) throws IOException {
        List<Path> classPath = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .toList();
        Process process = new ProcessBuilder(Launch.command(jvmArguments, classPath, Machine.class, List.of()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return line.strip().lines().reduce((first, second) -> second).orElse("fails to start");
    }

    /** Prints the backend. */
    public static void main(String[] args) {
        try {
            System.out.println(Backend.describe());
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }

    private static String processor() {
        return read("/proc/cpuinfo")
                .flatMap(text -> text.lines()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.replaceAll(".*:\\s*", ""))
                        .findFirst())
                .orElse("unknown");
    }

    private static Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(Path.of(file)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
