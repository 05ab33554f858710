package dev.backlane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** README's table of the numeric contract: every clause with tests that exist, run, and bear its number in their names. */
@Tag("once")
class ContractTest {
    private static final List<Integer> CLAUSES =
            IntStream.rangeClosed(1, 9).boxed().toList();
    private static final Pattern ROW = Pattern.compile("\\| (\\d+)\\. [^|]+");
    private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\(([^)]+)\\)");

    /** A test method whose name starts with contract and one clause, or two: contract5And6. */
    private static final Pattern TEST = Pattern.compile(
            "^ {4}@(?:Test|Property|ParameterizedTest)\\b(?:(?!^ {4}}$).)*?^ {4}void contract(\\d)(?:And(\\d))?\\p{Lu}",
            Pattern.MULTILINE | Pattern.DOTALL);

    /** The row's cells, a bar within one being escaped. */
    private static String[] cells(String row) {
        return Arrays.stream(row.substring(1).split("(?<!\\\\)\\|"))
                .map(String::strip)
                .toArray(String[]::new);
    }

    private static List<String> rows() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int from = readme.indexOf("\n## The numeric contract");
        assertTrue(from > 0);
        return readme.substring(from, readme.indexOf("\n## ", from + 1))
                .lines()
                .filter(line -> ROW.matcher(line).lookingAt())
                .toList();
    }

    private static Integer clause(String row) {
        Matcher matcher = ROW.matcher(row);
        assertTrue(matcher.lookingAt());
        return Integer.valueOf(matcher.group(1));
    }

    /** The clauses that a test class proves. */
    private static Set<Integer> proves(Path file) throws IOException {
        Set<Integer> clauses = new TreeSet<>();
        String source = Files.readString(file);
        assertFalse(source.lines().anyMatch(line -> line.strip().startsWith("@Disabled")), file + " is disabled");
        for (MatchResult test : TEST.matcher(source).results().toList()) {
            clauses.add(Integer.valueOf(test.group(1)));
            if (test.group(2) != null) {
                clauses.add(Integer.valueOf(test.group(2)));
            }
        }
        return clauses;
    }

    @Test
    void theTableNamesTestsThatProveEachClause() throws IOException {
        List<String> rows = rows();
        assertEquals(CLAUSES, rows.stream().map(ContractTest::clause).toList());
        for (int clause : CLAUSES) {
            String[] cells = cells(rows.get(clause - 1));
            assertEquals(3, cells.length, rows.get(clause - 1));
            List<MatchResult> links = LINK.matcher(cells[2]).results().toList();
            assertFalse(links.isEmpty(), "clause " + clause + " has no test");
            for (MatchResult link : links) {
                Path file = Path.of(link.group(2));
                assertTrue(Files.exists(file), "no file " + file);
                assertEquals(link.group(1) + ".java", file.getFileName().toString());
                assertTrue(link.group(1).endsWith("Test"), "Surefire does not run " + file);
                assertTrue(proves(file).contains(clause), file + " has no test contract" + clause);
            }
        }
    }

    /** Of the library alone, so that the build of what surrounds it is not needed for it. */
    @Test
    void everyClauseHasATest() throws IOException {
        Set<Integer> proven = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
                proven.addAll(proves(file));
            }
        }
        assertEquals(new TreeSet<>(CLAUSES), proven);
    }
}
