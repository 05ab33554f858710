package dev.backlane.mutate;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Runs PIT, which changes the compiled classes of a package, one instruction at a time, and asks the tests to notice. From the
 * repository's root: {@code mvn -q -Pmutate test-compile}, with {@code -Dmutate.package=optim} for one package; reports are
 * below {@code target/mutation}. Mutants that live are held against {@code explained.txt} beside this class, whose lines are
 * what this prints; where one is not in there, the exit code is 1.
 */
public final class Mutate {
    private static final Path REPORTS = Path.of("target", "mutation");
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Path EXPLAINED =
            Path.of("src", "test", "resources", "dev", "backlane", "mutate", "explained.txt");

    private static final String MUTATORS =
            "MATH,CONDITIONALS_BOUNDARY,NEGATE_CONDITIONALS,INCREMENTS,RETURNS,INVERT_NEGS," + "VOID_METHOD_CALLS";

    /** They measure, take minutes, or provoke what PIT itself would stumble over; those tagged "large" take seconds. */
    private static final String NOT_HERE = "*AllocationTest,*PlantedErrorsTest,*ConcurrencyTest,*WorkersTroubleTest";

    /** What lanes and threads do is for the fuzzer and jcstress, what the JVM is like for tests that start JVMs. */
    private static final String NOT_OF_KERNEL = "*.Simd*,*.Workers*,*.Backend*,*.JvmTraits";

    private static final List<Run> RUNS = List.of(
            Run.of("optim", "", "dev.backlane.nn.TrainerTest", 0),
            Run.of("nn", "", "dev.backlane.suite.ExampleGradientsTest", 0),
            Run.of("graph", "", "", 0),
            Run.of("check", "", "", 20),
            Run.of("kernel", NOT_OF_KERNEL, "", 10));

    private Mutate() {}

    /**
     * The mutants of one package.
     *
     * @param name of the package
     * @param spared classes that are not changed
     * @param tests besides those of the package
     * @param limit mutants a class, spread over it; 0 for all
     * @param jvm arguments of the JVM that runs the tests
     */
    private record Run(String name, String spared, String tests, int limit, String jvm) {
        /** On the scalar backend, and under C1, since each class is loaded anew for each of its mutants. */
        static Run of(String name, String spared, String tests, int limit) {
            return new Run(name, spared, tests, limit, "-Dbacklane.backend=scalar,-XX:TieredStopAtLevel=1");
        }

        /** Runs PIT and returns its report. */
        Document report() throws Exception {
            Path folder = Files.createDirectories(REPORTS.resolve(name));
            String all = "dev.backlane." + name + ".*";
            String jvms = "--add-modules=jdk.incubator.vector,-Xmx1g,-XX:+UseSerialGC,-Djqwik.shrinking.default=OFF,"
                    + "-Djqwik.database=" + folder.resolve("jqwik") + ',' + jvm;
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("--add-modules=jdk.incubator.vector", "-Xmx512m"));
            command.addAll(List.of("-classpath", System.getProperty("java.class.path")));
            command.add("org.pitest.mutationtest.commandline.MutationCoverageReport");
            command.addAll(List.of("--targetClasses", all, "--targetTests", all + ',' + tests));
            command.addAll(List.of("--excludedClasses", "*Test,*Test$*," + spared, "--excludedTestClasses", NOT_HERE));
            command.addAll(List.of("--mutators", MUTATORS, "--threads", "1", "--jvmArgs", jvms));
            command.addAll(List.of("--sourceDirs", SOURCES.toString(), "--reportDir", folder.toString()));
            command.addAll(List.of("--outputFormats", "XML,HTML", "--timestampedReports=false"));
            command.addAll(
                    List.of("--excludedGroups", "large", "--timeoutConst", "10000", "--verbosity", "NO_SPINNER"));
            if (limit > 0) {
                command.addAll(List.of("--features", "+CLASSLIMIT(limit[" + limit + "])"));
            }
            File log = folder.resolve("log.txt").toFile();
            Process pit = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log)
                    .start();
            if (pit.waitFor() != 0) {
                throw new IOException("PIT failed, see " + log);
            }
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(folder.resolve("mutations.xml").toFile());
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<Run> runs = RUNS.stream()
                .filter(run -> arguments[0].equals("all") || arguments[0].equals(run.name))
                .toList();
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("mutate.package must be all or one of " + RUNS);
        }
        boolean unexplained = false;
        for (Run run : runs) {
            var mutants = run.report().getElementsByTagName("mutation");
            List<String> explained = new ArrayList<>(Files.readAllLines(EXPLAINED));
            explained.removeIf(line -> !line.startsWith(run.name + '.'));
            List<String> alive = new ArrayList<>();
            for (int i = 0; i < mutants.getLength(); i++) {
                Element mutant = (Element) mutants.item(i);
                if (mutant.getAttribute("detected").equals("false")) {
                    alive.add(line(mutant));
                }
            }
            List<String> rest = new ArrayList<>(alive);
            // One line for one mutant, since a line of source may hold several alike.
            rest.removeIf(explained::remove);
            System.out.printf(
                    "%s: %d mutants, %d found, %d explained, %d not%n",
                    run.name,
                    mutants.getLength(),
                    mutants.getLength() - alive.size(),
                    alive.size() - rest.size(),
                    rest.size());
            rest.forEach(System.out::println);
            explained.forEach(line -> System.out.println("explained, but found or gone: " + line));
            unexplained |= !rest.isEmpty();
        }
        System.exit(unexplained ? 1 : 0);
    }

    /** Class and method, the line of source and what became of it; not its number, which moves. */
    private static String line(Element mutant) throws IOException {
        String type = text(mutant, "mutatedClass").replaceFirst("^dev\\.backlane\\.", "");
        Path source = SOURCES.resolve(Path.of("dev", "backlane", type.replaceFirst("\\..*", "")))
                .resolve(text(mutant, "sourceFile"));
        int number = Integer.parseInt(text(mutant, "lineNumber"));
        return type + '.' + text(mutant, "mutatedMethod") + " | "
                + Files.readAllLines(source).get(number - 1).strip() + " | " + text(mutant, "description")
                + (mutant.getAttribute("status").equals("NO_COVERAGE") ? ", no test comes here" : "");
    }

    private static String text(Element mutant, String tag) {
        return mutant.getElementsByTagName(tag).item(0).getTextContent();
    }
}
