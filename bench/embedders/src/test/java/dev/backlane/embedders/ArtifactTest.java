package dev.backlane.embedders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backlane.kernel.Backend;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an embedder gets: with {@code mvn verify} the jar, as it is released. */
class ArtifactTest {
    private static Path artifact() throws URISyntaxException {
        return Path.of(Backend.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    @Test
    void aRealModuleWithItsVersion() throws URISyntaxException {
        ModuleDescriptor module =
                ModuleFinder.of(artifact()).find("dev.backlane").orElseThrow().descriptor();
        assertFalse(module.isAutomatic());
        assertTrue(
                module.toNameAndVersion().matches("dev\\.backlane@\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"), module::toString);
        Set<String> exports =
                module.exports().stream().map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
        assertEquals(module.packages(), exports);
        assertTrue(module.exports().stream().noneMatch(ModuleDescriptor.Exports::isQualified));
        assertTrue(exports.contains("dev.backlane.kernel"));
        assertEquals(
                Set.of("java.base", "jdk.incubator.vector", "jdk.management"),
                module.requires().stream().map(ModuleDescriptor.Requires::name).collect(Collectors.toSet()));
        assertTrue(module.opens().isEmpty());
    }

    @Test
    void nothingAutomaticInTheJar() throws IOException, URISyntaxException {
        assumeTrue(Files.isRegularFile(artifact()), "classes alone, no jar yet");
        try (JarFile jar = new JarFile(artifact().toFile())) {
            assertNull(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"));
            assertNull(jar.getManifest().getMainAttributes().getValue("Multi-Release"));
        }
    }
}
