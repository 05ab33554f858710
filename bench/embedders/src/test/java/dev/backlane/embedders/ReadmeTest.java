package dev.backlane.embedders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The snippets of the README are lines of the tests beside this one. */
class ReadmeTest {
    @Test
    void theReadmeShowsTheseCallers() throws IOException {
        String readme = Files.readString(Path.of("../../README.md"));
        String chapter = readme.substring(readme.indexOf("\n## Embed it\n") + 1).split("\n## ", 2)[0];
        List<String> blocks = Pattern.compile("(?s)\n```java\n(.*?)\n```\n")
                .matcher(chapter)
                .results()
                .map(block -> block.group(1))
                .toList();
        List<String> sources = List.of("EjmlTest", "NetlibTest", "LuceneTest");
        assertEquals(sources.size(), blocks.size(), "snippets");
        for (int i = 0; i < blocks.size(); i++) {
            String source = Files.readString(Path.of("src/test/java/dev/backlane/embedders", sources.get(i) + ".java"));
            assertTrue(
                    flat(source).contains(flat(blocks.get(i))), "the README's caller is not that of " + sources.get(i));
        }
    }

    /** Code without its layout. */
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }
}
