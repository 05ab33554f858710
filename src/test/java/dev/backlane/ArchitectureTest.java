package dev.backlane;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinTask;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the house: which package may know which, and who alone may touch the process around it. */
@Tag("once") // Not once per backend.
class ArchitectureTest {
    private static final String HOUSE = "dev.backlane";
    private static final int MAX_LINES = 500;

    /** Each package of the house with all that it may know of the others. */
    private static final Map<String, Set<String>> ARROWS = Map.of(
            "kernel", Set.of(),
            "param", Set.of(),
            "check", Set.of(),
            "safetensors", Set.of(),
            "optim", Set.of("kernel", "param"),
            "graph", Set.of("kernel"),
            "nn", Set.of("kernel", "param", "optim"));

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(HOUSE);

    @Test
    void everyPackageHasItsArrows() {
        assertFalse(MAIN.isEmpty());
        check(classes()
                .that(not(describe("module-info", c -> c.getSimpleName().equals("module-info"))))
                .should()
                .resideInAnyPackage(packages(ARROWS.keySet())));
    }

    static Stream<String> arrows() {
        return ARROWS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource
    void arrows(String from) {
        var known = new ArrayList<>(ARROWS.get(from));
        known.add(from);
        check(noClasses()
                .that()
                .resideInAnyPackage(packages(List.of(from)))
                .should()
                .dependOnClassesThat(resideInAPackage(HOUSE + "..").and(not(resideInAnyPackage(packages(known))))));
    }

    @Test
    void onlySimdClassesKnowTheIncubatorModule() {
        check(noClasses()
                .that(not(belongToKernel("Simd*", name -> name.startsWith("Simd"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector.."));
    }

    @Test
    void onlyWorkersCreatesThreads() {
        check(noClasses()
                .that(not(belongToKernel("Workers", "Workers"::equals)))
                .should()
                .accessTargetWhere(uses("a way to a thread", ArchitectureTest::leadsToAThread))
                .orShould()
                .beAssignableTo(Thread.class));
    }

    private static boolean leadsToAThread(JavaClass owner, String member) {
        if (owner.isAssignableTo(Thread.class)) {
            return member.equals("<init>") || member.equals("startVirtualThread") || member.startsWith("of");
        }
        return owner.isAssignableTo(Executor.class)
                || owner.isAssignableTo(Executors.class)
                || owner.isAssignableTo(ForkJoinTask.class)
                || owner.isAssignableTo(Timer.class)
                || (owner.isAssignableTo(CompletableFuture.class) && member.endsWith("Async"))
                || (owner.isAssignableTo(Arrays.class) && member.startsWith("parallel"))
                || (owner.isAssignableTo(BaseStream.class) && member.equals("parallel"))
                || member.equals("parallelStream");
    }

    @Test
    void onlyWorkersReadsTheCoreCount() {
        var counts = Set.of("availableProcessors", "getAvailableProcessors", "getCommonPoolParallelism");
        check(noClasses()
                .that(not(belongToKernel("Workers", "Workers"::equals)))
                .should()
                .accessTargetWhere(uses("the core count", (owner, member) -> counts.contains(member))));
    }

    @Test
    void onlyBackendAndItsTraitsReadSystemProperties() {
        check(noClasses()
                .that(not(belongToKernel("Backend or JvmTraits", Set.of("Backend", "JvmTraits")::contains)))
                .should()
                .accessTargetWhere(uses(
                        "system properties or the environment",
                        (owner, member) -> (owner.isAssignableTo(System.class)
                                        && (member.startsWith("getProp") || member.equals("getenv")))
                                || (owner.isAssignableTo(Boolean.class) && member.equals("getBoolean"))
                                || (owner.isAssignableTo(Integer.class) && member.equals("getInteger"))
                                || (owner.isAssignableTo(Long.class) && member.equals("getLong")))));
    }

    @Test
    void nothingSetsSystemProperties() {
        // getProperties hands out the live table.
        var setters = Set.of("setProperty", "setProperties", "clearProperty", "getProperties");
        check(noClasses()
                .should()
                .accessTargetWhere(uses(
                        "a setter of system properties",
                        (owner, member) -> owner.isAssignableTo(System.class) && setters.contains(member))));
    }

    @Test
    void nothingKnowsALoggingLibrary() {
        check(noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging.."));
    }

    @Test
    void onlyBackendLogs() {
        check(noClasses()
                .that(not(belongToKernel("Backend", "Backend"::equals)))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(System.Logger.class));
    }

    @Test
    void nothingPrints() {
        var streams = Set.of("in", "out", "err");
        check(noClasses()
                .should()
                .accessTargetWhere(uses(
                        "a standard stream",
                        (owner, member) -> owner.isAssignableTo(System.class) && streams.contains(member))));
    }

    /** StrictMath is Java: its pow and cos make arrays that C2 removes from some programs and not from others. */
    @Test
    void noKernelCallsStrictMath() {
        check(noClasses()
                .that()
                .resideInAnyPackage(packages(List.of("kernel")))
                .should()
                .accessTargetWhere(uses("StrictMath", (owner, member) -> owner.isAssignableTo(StrictMath.class))));
    }

    /** The library computes on the caller's arrays; what it writes, the caller has asked for by name. */
    @Test
    void onlySafetensorsTouchesFiles() {
        check(noClasses()
                .that(not(resideInAPackage(HOUSE + ".safetensors")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.channels..", "java.nio.file..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.io\\.(File|RandomAccess).*"));
    }

    /** The README's section on security says so. */
    @Test
    void nothingLeavesTheJvm() {
        var doors = Set.of("exec", "load", "loadLibrary");
        var outside = describe(
                "lead to the network, native code, other processes or code chosen by data",
                (JavaClass c) -> c.getName()
                                .matches("java\\.lang\\.(Process|ProcessBuilder|ClassLoader)"
                                        + "|java\\.io\\.Object(Input|Output).*|java\\.util\\.ServiceLoader")
                        || c.getPackageName()
                                .matches("(java\\.(net|rmi)|javax?\\.(naming|script)"
                                        + "|java\\.lang\\.(foreign|reflect)|jdk\\.internal|sun)(\\..*)?"));
        check(noClasses()
                .should()
                .dependOnClassesThat(outside)
                .orShould()
                .accessTargetWhere(uses(
                        "a start of a process or native code",
                        (owner, member) -> (owner.isAssignableTo(System.class) || owner.isAssignableTo(Runtime.class))
                                && doors.contains(member))));
        check(noMethods().should().haveModifier(JavaModifier.NATIVE));
    }

    @Test
    void noFileIsTooLong() throws IOException {
        var tooLong = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(Path.of("src", "main"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                int lines = Files.readAllLines(file).size();
                if (lines > MAX_LINES) {
                    tooLong.add(file + ": " + lines + " lines, of " + MAX_LINES);
                }
            }
        }
        assertEquals(List.of(), tooLong);
    }

    /** A package without classes keeps every rule. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }

    private static String[] packages(Iterable<String> names) {
        var packages = new ArrayList<String>();
        names.forEach(name -> packages.add(HOUSE + "." + name + ".."));
        return packages.toArray(String[]::new);
    }

    /** The classes of such a name in {@code kernel}, and all that is nested in them. */
    private static DescribedPredicate<JavaClass> belongToKernel(String description, Predicate<String> name) {
        return describe("belong to kernel." + description, c -> {
            JavaClass outermost = c;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return outermost.getPackageName().equals(HOUSE + ".kernel") && name.test(outermost.getSimpleName());
        });
    }

    /** Calls, method references and field accesses, by the target's owner and name. */
    private static DescribedPredicate<JavaAccess<?>> uses(String what, BiPredicate<JavaClass, String> target) {
        return describe("it is " + what, access -> target.test(access.getTargetOwner(), access.getName()));
    }
}
